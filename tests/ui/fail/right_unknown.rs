use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read + wirte))]
fn f(input: File) {}

fn main() {}
