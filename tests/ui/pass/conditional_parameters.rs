#![allow(dead_code)]

use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
fn f(#[cfg(any())] missing: NoSuchType, #[cfg(all())] n: u8) -> u8 {
    n
}

#[sandboxed(fds(file = read))]
fn g(#[allow(unused_variables)] file: File, _: &str) {}

fn main() {}
