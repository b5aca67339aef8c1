use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(tty = read + ioctl))]
fn f(tty: File) {}

fn main() {}
