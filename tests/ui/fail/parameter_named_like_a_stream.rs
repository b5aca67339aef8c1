use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(stdin = read))]
fn f(stdin: File) {}

fn main() {}
