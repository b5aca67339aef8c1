use std::fs::File;
use std::io;

use sandbox_rt::{Cap, Grants, right, sandboxed};

fn header<P: Grants<right::pread>>(input: &Cap<File, P>) -> io::Result<()> {
    input.read_exact_at(&mut [0; 4], 0)
}

#[sandboxed(fds(input = read))]
fn f(input: Cap<File>) -> io::Result<()> {
    header(&input)
}

fn main() {}
