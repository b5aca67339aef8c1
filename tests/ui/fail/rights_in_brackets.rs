use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = [read, write], b = (read | seek), c = { read }))]
fn f(a: File, b: File, c: File) {}

fn main() {}
