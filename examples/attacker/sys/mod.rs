//! What cannot be asked of the standard library.

#![allow(unsafe_code, reason = "mmap has no safe form")]

use std::io;
use std::ptr;

const PAGE: usize = 4096;

/// Maps a page that can be written and executed, and gives it back.
///
/// # Errors
///
/// As mmap(2).
pub(crate) fn map_executable_page() -> io::Result<()> {
    let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new anonymous mapping where the kernel finds room disturbs nothing.
    let page = unsafe { libc::mmap(ptr::null_mut(), PAGE, protection, flags, -1, 0) };
    if page == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the page was mapped above, and nothing refers to it.
    unsafe { libc::munmap(page, PAGE) };
    Ok(())
}
