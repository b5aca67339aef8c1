
use std::io::{Read, Write};

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = read))]
fn opaque(a: impl Read) {}

#[sandboxed(fds(a = read))]
fn generic<T: Read>(a: T) {}

#[sandboxed(fds(a = read, b = write))]
fn objects(a: &mut dyn Read, b: Box<dyn Write>) {}

fn main() {}
