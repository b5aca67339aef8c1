use std::fs::File;
use std::io;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(input = read))]
fn first(mut input: Cap<File>) -> io::Result<usize> {
    input.write(b"x")
}

#[sandboxed(fds(input = read))]
fn second(mut input: Cap<File>) -> io::Result<usize> {
    input.write(b"x")
}

fn main() {}
