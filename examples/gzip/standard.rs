//! Standard input and output as the program was given them: closed, or open for the other direction. What is read and
//! written then must be an error, as for any other program, and not what Rust or a worker makes of it.

use std::io;

use rustix::fs::{OFlags, fcntl_getfl};

use crate::sys;

/// Fails if the program was started without a standard input. Rust has opened /dev/null in its place.
pub(crate) fn input() -> io::Result<()> {
    opened(libc::STDIN_FILENO)
}

/// Fails if standard input is open for writing only.
pub(crate) fn readable() -> io::Result<()> {
    unless(fcntl_getfl(io::stdin())? & OFlags::RWMODE == OFlags::WRONLY)
}

/// Fails if the program was started without a standard output, or with one that is open for reading only.
pub(crate) fn output() -> io::Result<()> {
    opened(libc::STDOUT_FILENO)?;
    unless(fcntl_getfl(io::stdout())? & OFlags::RWMODE == OFlags::RDONLY)
}

fn opened(stream: libc::c_int) -> io::Result<()> {
    unless(sys::was_closed(stream))
}

/// The error of a read or write on a descriptor that is not open for it.
fn unless(wrong: bool) -> io::Result<()> {
    if wrong { Err(io::Error::from_raw_os_error(libc::EBADF)) } else { Ok(()) }
}
