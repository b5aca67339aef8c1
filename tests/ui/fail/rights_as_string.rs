use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = "read", b = "read,write", c = 'r'))]
fn f(a: File, b: File, c: File) {}

fn main() {}
