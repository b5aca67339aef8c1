use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read, write, seek))]
fn f(a: File) {}

fn main() {}
