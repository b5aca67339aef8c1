use std::io;

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(a = open("x") => read, a = open("y") => read))]
fn f() -> io::Result<()> {
    Ok(())
}

fn main() {}
