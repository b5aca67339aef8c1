use std::io;

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(let args = parse(), a = open(path)? => read, b = nope::open("x")? => read))]
fn f() -> io::Result<()> {
    Ok(())
}

fn main() {}
