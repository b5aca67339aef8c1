use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read, a = seek, b.0 = read, b.0 = seek, stdin = read, stdin = seek))]
fn f(a: File, b: (File,)) {}

fn main() {}
