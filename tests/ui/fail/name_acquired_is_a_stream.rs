use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(stdin = open("x") => read))]
fn f() {}

fn main() {}
