use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = fcntl(3)))]
fn f(a: File) {}

fn main() {}
