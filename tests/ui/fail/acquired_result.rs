use std::fs::File;
use std::io;

use sandbox_rt::sandboxed;

#[sandboxed(fds(conf = File::open("x") => read))]
fn f() -> io::Result<()> {
    Ok(())
}

fn main() {}
