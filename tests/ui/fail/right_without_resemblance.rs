use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = frobnicate))]
fn f(a: File) {}

fn main() {}
