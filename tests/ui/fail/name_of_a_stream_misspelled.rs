use sandbox_rt::sandboxed;

#[sandboxed(fds(stdou = write))]
fn f() {}

fn main() {}
