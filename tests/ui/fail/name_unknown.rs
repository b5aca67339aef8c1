use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read, output = write))]
fn f(input: File, out: File) {}

fn main() {}
