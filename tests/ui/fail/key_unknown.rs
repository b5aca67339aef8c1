use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read), alow(threads))]
fn f(input: File) {}

fn main() {}
