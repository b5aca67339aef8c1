use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(log = open("x") =>))]
fn f() {}

fn main() {}
