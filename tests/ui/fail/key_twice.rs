use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read), fds(output = write))]
fn f(input: File, output: File) {}

fn main() {}
