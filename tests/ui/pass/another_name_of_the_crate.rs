#![allow(dead_code)]

extern crate sandbox_rt as confinement;

mod facade {
    pub use sandbox_rt::*;
}

use std::fs::File;
use std::io;

use facade::{Cap, enter, open, sandboxed};

#[sandboxed(crate = confinement, fds(input = read))]
fn f(mut input: Cap<File>) -> io::Result<()> {
    input.read_exact(&mut [0; 4])
}

#[sandboxed(fds(input = read, log = open("x").create(0o600) => write), crate = crate::facade)]
fn g(input: File) -> io::Result<()> {
    log.sync_all()
}

fn h() {
    enter!(crate = crate::facade, fds(stdout = write));
}

fn main() {}
