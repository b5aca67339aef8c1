use std::fs::File;
use std::io;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(mut log = Cap::new(File::create("x")?) => write))]
fn f() -> io::Result<()> {
    log.read_exact(&mut [0; 4])
}

fn main() {}
