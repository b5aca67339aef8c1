use std::fs::File;
use std::io;

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(log = open("x").create(0o600), g = File::open("x")?, h = { open("x") }))]
fn f() -> io::Result<()> {
    println!("{log:?} {g:?} {h:?}");
    Ok(())
}

fn main() {}
