use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(a = open("x") => seek + fstat, b = open("x") => hold, c = Some(open("x")) => fstat, d = open("x") => none))]
fn f() {}

fn main() {}
