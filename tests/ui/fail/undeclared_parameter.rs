use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read))]
fn f(input: File, log: File) {}

fn main() {}
