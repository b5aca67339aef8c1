use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = none + read, b = read + hold))]
fn f(a: File, b: File) {}

fn main() {}
