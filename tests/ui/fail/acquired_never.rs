use sandbox_rt::sandboxed;

#[sandboxed(fds(x = panic!("later") => read))]
fn f() {}

fn main() {}
