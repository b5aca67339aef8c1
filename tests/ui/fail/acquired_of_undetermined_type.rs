use sandbox_rt::sandboxed;

#[sandboxed(fds(x = "5".parse().unwrap() => read))]
fn f() {}

#[sandboxed(fds(x = Default::default() => read))]
fn h() {}

fn main() {}
