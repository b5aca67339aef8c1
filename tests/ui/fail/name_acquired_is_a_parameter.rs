use std::fs::File;

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(a = open("x") => read))]
fn f(a: File) {}

fn main() {}
