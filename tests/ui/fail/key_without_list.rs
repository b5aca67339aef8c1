use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds = (input = read), allow = threads)]
fn f(input: File) {}

fn main() {}
