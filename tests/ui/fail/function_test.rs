use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
#[test]
fn f() {}

fn main() {}
