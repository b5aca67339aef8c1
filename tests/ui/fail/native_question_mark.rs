use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = File::open("x")? => read))]
fn f() {}

fn main() {}
