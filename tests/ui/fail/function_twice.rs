use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
#[sandboxed(fds(stdin = read))]
fn f() {}

fn main() {}
