use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read))]
async fn f(a: File) {}

fn main() {}
