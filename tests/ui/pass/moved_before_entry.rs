#![allow(dead_code)]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::OwnedFd;

use sandbox_rt::sandboxed;

#[sandboxed(fds(let mut writer = BufWriter::new(log), writer = write))]
fn f(log: File) -> io::Result<()> {
    writer.write_all(b"x")
}

#[sandboxed(fds(owned = OwnedFd::from(log) => write))]
fn g(log: File) {
    drop(owned);
}

fn main() {}
