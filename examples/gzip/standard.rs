//! Standard input and output, which may have been closed: what is read and written then is not /dev/null, as Rust has it,
//! but an error, as for any other program.

use std::io;

use crate::sys;

/// Fails if the program was started without a standard input.
pub(crate) fn input() -> io::Result<()> {
    open(libc::STDIN_FILENO)
}

/// Fails if the program was started without a standard output.
pub(crate) fn output() -> io::Result<()> {
    open(libc::STDOUT_FILENO)
}

fn open(stream: libc::c_int) -> io::Result<()> {
    if sys::was_closed(stream) { Err(io::Error::from_raw_os_error(libc::EBADF)) } else { Ok(()) }
}
