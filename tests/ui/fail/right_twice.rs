use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read + seek + read))]
fn f(input: File) {}

fn main() {}
