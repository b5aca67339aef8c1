use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a: read, b: File))]
fn f(a: File, b: File) {}

fn main() {}
