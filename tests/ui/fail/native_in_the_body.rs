use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
fn f() -> u8 {
    let x: u32 = "no";
    undefined()
}

#[sandboxed]
fn g() -> u8 {}

fn main() {}
