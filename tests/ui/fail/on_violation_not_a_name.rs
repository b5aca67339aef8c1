use sandbox_rt::sandboxed;

#[sandboxed(on_violation = "kill")]
fn f() {}

fn main() {}
