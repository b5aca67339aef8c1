use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = nome, b = None, c = Hold))]
fn f(a: File, b: File, c: File) {}

fn main() {}
