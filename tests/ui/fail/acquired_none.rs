use sandbox_rt::sandboxed;

#[sandboxed(fds(log = None => write))]
fn f() {}

#[sandboxed(fds(log = Option::None => write))]
fn g() {}

fn main() {}
