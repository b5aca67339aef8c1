use sandbox_rt::sandboxed;

#[sandboxed(on_violation = abort)]
fn f() {}

#[sandboxed(on_violation = repport)]
fn g() {}

fn main() {}
