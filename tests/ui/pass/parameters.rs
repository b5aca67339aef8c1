#![allow(dead_code)]

use std::fs::File;
use std::io;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read, out = write + seek))]
fn compress(mut input: File, out: &mut File) -> io::Result<u64> {
    io::copy(&mut input, out)
}

#[sandboxed(fds(a = read, b = write, c = none, d = hold))]
fn patterns((a, b): (File, File), [c, d]: [File; 2]) {}

#[sandboxed(fds(pair.0 = read, pair.1 = write))]
fn fields(pair: (File, File)) {}

#[sandboxed(fds(r#type = read))]
fn raw(r#type: File) {}

#[sandboxed(fds(file = read,),)]
fn trailing_commas(file: File) {}

fn main() {}
