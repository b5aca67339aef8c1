use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read))]
fn f((a, b): (File, File), _: File, [c, d]: [File; 2]) {}

fn main() {}
