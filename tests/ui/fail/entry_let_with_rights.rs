use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(let log = open("x") => read))]
fn f() {}

fn main() {}
