//! Capabilities (capabilities(7)): all dropped.

use super::{checked, pretended};
use crate::Error;
use crate::status::Mechanism;

/// `_LINUX_CAPABILITY_VERSION_3`: 64 bits in two halves.
const VERSION_3: u32 = 0x2008_0522;
const NAME: &str = "capabilities";

/// `struct __user_cap_header_struct` (linux/capability.h).
#[repr(C)]
struct Header {
    version: u32,
    pid: libc::c_int,
}

/// `struct __user_cap_data_struct`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

const NONE: [Half; 2] = [Half { effective: 0, permitted: 0, inheritable: 0 }; 2];
const UNKNOWN: [Half; 2] = [Half { effective: u32::MAX, permitted: u32::MAX, inheritable: u32::MAX }; 2];

/// Drops every capability of the thread, and reads back that none is left.
///
/// Ambient and inheritable ones fall with the permitted ones (capset(2)); the bounding set does not matter, since with
/// no_new_privs execve grants nothing. An outer sandbox that refuses capset leaves them, and the status says so: the
/// filter refuses every call that would use one.
pub(super) fn drop_all() -> Result<Mechanism, Error> {
    let mut header = Header { version: VERSION_3, pid: 0 };
    // SAFETY: both structs are live, and laid out as this version says.
    let dropped = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, NONE.as_ptr()) };
    let dropped = checked(dropped, "capset");
    let mut left = UNKNOWN;
    let mut header = Header { version: VERSION_3, pid: 0 };
    // SAFETY: as above.
    let asked = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, left.as_mut_ptr()) };
    match (dropped, checked(asked, "capget")) {
        (Ok(_), Ok(_)) if left == NONE => Ok(Mechanism::holds(NAME, false, "all dropped, read back")),
        (Ok(_), Ok(_)) => Err(pretended("capabilities are left after capset")),
        (Err(_), Ok(_)) if left == NONE => Ok(Mechanism::holds(NAME, false, "there were none")),
        (Err(error), _) | (Ok(_), Err(error)) => {
            Ok(Mechanism::missing(NAME, format!("{}: errno {}", error.operation(), error.raw_os_error().unwrap_or(0))))
        }
    }
}
