#![allow(dead_code)]

use std::convert::Infallible;
use std::fs::File;
use std::io;

use sandbox_rt::sandboxed;

#[derive(Debug)]
enum Mine {
    Io(io::Error),
}

impl From<io::Error> for Mine {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

enum Precise {
    Sandbox(sandbox_rt::Error),
}

impl From<sandbox_rt::Error> for Precise {
    fn from(error: sandbox_rt::Error) -> Self {
        Self::Sandbox(error)
    }
}

type Alias = Result<(), Box<dyn std::error::Error>>;

#[sandboxed(fds(f = read))]
fn nothing(f: File) {}

#[sandboxed(fds(f = read))]
fn plain(f: File) -> Option<u8> {
    None
}

#[sandboxed(fds(f = read))]
fn from_io(f: File) -> Result<(), Mine> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn from_ours(f: File) -> Result<(), Precise> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn ours(f: File) -> Result<(), sandbox_rt::Error> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn no_conversion(f: File) -> Result<(), String> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn alias(f: File) -> Alias {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn generic<E: From<io::Error>>(f: File) -> Result<(), E> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn never(f: File) -> ! {
    loop {}
}

#[sandboxed(fds(f = read))]
fn infallible(f: File) -> Result<(), Infallible> {
    Ok(())
}

#[sandboxed(fds(f = read))]
fn opaque(f: File) -> impl FnOnce() {
    move || drop(f)
}

#[sandboxed(fds(f = read))]
fn opaque_ok(f: File) -> io::Result<impl Iterator<Item = u8>> {
    Ok(std::iter::empty())
}

#[sandboxed(fds(f = read))]
fn opaque_error(f: File) -> Result<(), impl std::error::Error> {
    Ok::<(), io::Error>(())
}

#[sandboxed(fds(f = read))]
fn borrowed<'a>(f: &File, text: &'a str) -> Result<&'a str, Box<dyn std::error::Error>> {
    Ok(text)
}

fn main() {}
