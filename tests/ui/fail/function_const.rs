use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read))]
const fn f(a: &File) {}

fn main() {}
