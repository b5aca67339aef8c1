use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = CAP_READ, b = O_RDONLY, c = rw, d = rpath + lseek, e = metadata))]
fn f(a: File, b: File, c: File, d: File, e: File) {}

fn main() {}
