use sandbox_rt::sandboxed;

#[sandboxed(fds(stdin.0 = read))]
fn f() {}

fn main() {}
