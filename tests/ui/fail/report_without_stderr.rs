use sandbox_rt::sandboxed;

#[sandboxed(fds(stderr = none), on_violation = report)]
fn f() {}

fn main() {}
