use sandbox_rt::sandboxed;

#[sandboxed(fds(let log, let x: u8))]
fn f() {}

fn main() {}
