//! What cannot be asked of the standard library.

#![allow(unsafe_code, reason = "code that runs before `main` has no safe form")]

use std::sync::atomic::{AtomicU8, Ordering};

/// The standard streams that were closed when the program started, a bit each.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Run by the C library before `main`: later it is too late to look, because Rust's runtime opens /dev/null in the
/// place of a standard stream that is closed.
// SAFETY: the section holds pointers to functions, as this is one; on Linux and FreeBSD they are called once before
// `main`. The function needs nothing that is set up later.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    for stream in 0..3 {
        // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
        if unsafe { libc::fcntl(stream, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << stream, Ordering::Relaxed);
        }
    }
}

/// Whether this standard stream was closed when the program started. It is /dev/null now.
pub(crate) fn was_closed(stream: libc::c_int) -> bool {
    CLOSED.load(Ordering::Relaxed) & 1 << stream != 0
}
