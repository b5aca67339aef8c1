use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(imput = read))]
fn f(input: File) {}

fn main() {}
