//! Settings of this process (procctl(2)).

use super::checked;
use crate::Error;

/// Sets `command` to `value`.
pub(super) fn set(command: libc::c_int, value: libc::c_int, operation: &str) -> Result<(), Error> {
    let mut value = value;
    call(command, &mut value, operation)
}

/// Reads what `command` asks for.
pub(super) fn get(command: libc::c_int, operation: &str) -> Result<libc::c_int, Error> {
    let mut value = 0;
    call(command, &mut value, operation)?;
    Ok(value)
}

fn call(command: libc::c_int, value: &mut libc::c_int, operation: &str) -> Result<(), Error> {
    let value: *mut libc::c_int = value;
    // SAFETY: the commands used here read or write one int (procctl(2)), which lives until the call returns; number 0
    // is this process.
    checked(unsafe { libc::procctl(libc::P_PID, 0, command, value.cast()) }, operation).map(|_| ())
}
