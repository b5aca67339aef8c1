use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a =, b, c.0))]
fn f(a: File, b: File, c: (File,)) {}

fn main() {}
