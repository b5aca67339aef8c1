use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = fcntl(getfl, getfd), b = fcntl(F_SETFL), c = fcntl(setf)))]
fn f(a: File, b: File, c: File) {}

fn main() {}
