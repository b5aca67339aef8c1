use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a => read, b == read, c += read))]
fn f(a: File, b: File, c: File) {}

fn main() {}
