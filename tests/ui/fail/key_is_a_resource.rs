use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(input = read, stdout = write)]
fn f(input: File) {}

fn main() {}
