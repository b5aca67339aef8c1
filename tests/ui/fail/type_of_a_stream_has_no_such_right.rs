use sandbox_rt::sandboxed;

#[sandboxed(fds(stdin = read + mkdirat + lookup, stdout = accept))]
fn f() {}

fn main() {}
