use sandbox_rt::sandboxed;

#[sandboxed(fds(config = read))]
fn f() {}

fn main() {}
