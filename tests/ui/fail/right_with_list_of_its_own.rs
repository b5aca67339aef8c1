use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read(3), b = unknown(3)))]
fn f(a: File, b: File) {}

fn main() {}
