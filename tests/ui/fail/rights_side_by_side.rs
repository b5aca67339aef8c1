use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read write))]
fn f(a: File) {}

fn main() {}
