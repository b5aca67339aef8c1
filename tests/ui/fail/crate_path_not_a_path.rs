use sandbox_rt::sandboxed;

#[sandboxed(crate = "sandbox_rt")]
fn f() {}

fn main() {}
