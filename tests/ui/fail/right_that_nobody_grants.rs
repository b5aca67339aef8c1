use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = inet, b = dns, c = exec, d = all, e = close))]
fn f(a: File, b: File, c: File, d: File, e: File) {}

fn main() {}
