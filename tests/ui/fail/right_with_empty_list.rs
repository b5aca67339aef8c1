use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = ioctl(), b = fcntl()))]
fn f(a: File, b: File) {}

fn main() {}
