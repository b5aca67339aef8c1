use sandbox_rt::sandboxed;

#[sandboxed(fds(stdin = read + mkdirat + lookup, stdout = accept(read)))]
fn f() {}

fn main() {}
