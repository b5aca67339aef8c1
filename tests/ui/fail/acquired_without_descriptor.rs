use sandbox_rt::sandboxed;

#[sandboxed(fds(x = 3 => read, y = String::from("y") => read))]
fn f() {}

fn main() {}
