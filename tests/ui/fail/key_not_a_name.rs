use sandbox_rt::sandboxed;

#[sandboxed("fds")]
fn f() {}

fn main() {}
