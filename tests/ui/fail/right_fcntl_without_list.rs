use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(tty = read + fcntl))]
fn f(tty: File) {}

fn main() {}
