use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(mut a = read, b: File = read))]
fn f(a: File, b: File) {}

fn main() {}
