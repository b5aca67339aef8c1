use std::fs::File;
use std::io;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(input = read))]
fn f(mut input: Cap<File>) -> io::Result<u64> {
    io::copy(&mut io::empty(), &mut input)
}

fn main() {}
