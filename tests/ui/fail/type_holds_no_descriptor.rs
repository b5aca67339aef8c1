use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read, b = read, c = read, d.0 = read))]
fn f(a: Vec<String>, b: i32, c: Result<File, String>, d: (u8, File)) {}

fn main() {}
