use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = ioctl(request, "TIOCGWINSZ")))]
fn f(a: File, request: u64) {}

fn main() {}
