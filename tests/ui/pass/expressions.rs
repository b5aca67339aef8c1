#![allow(dead_code)]

use std::fs::File;
use std::io;
use std::os::fd::FromRawFd;

use sandbox_rt::{open, sandboxed};

struct Config {
    a: u8,
    b: u8,
}

#[sandboxed(fds(
    let config = Config { a: 1, b: { 2 } },
    let n = Vec::<(u8, u8)>::new().len(),
    chosen = if config.a < config.b && n == 0 { Some(open("x")) } else { None } => read,
    matched = match n { 0 => open("x"), _ => open("y") } => read,
    called = (|a: &str, _b: u8| -> io::Result<File> { File::open(a) })("x", 2)? => read + seek +,
    closure = { let by_name = |a: &str, _b: u8| open(a); by_name("x", 1) } => read,
    unsafe_block = unsafe { File::from_raw_fd(7) } => hold,
    early = { if n > 3 { return Ok(()); } File::open("x")? } => read,
))]
fn f() -> io::Result<()> {
    drop((chosen, matched, called, closure, unsafe_block, early));
    Ok(())
}

fn main() {}
