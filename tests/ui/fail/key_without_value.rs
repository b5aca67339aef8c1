use sandbox_rt::sandboxed;

#[sandboxed(on_violation(kill), crate)]
fn f() {}

fn main() {}
