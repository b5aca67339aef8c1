use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(a = open("x").create(true) => write, b = open(1) => read))]
fn f() {}

fn main() {}
