//! Questions to the kernel about this process (sysctl(3)). They are asked before capability mode, which refuses them.

use super::last_error;
use crate::Error;

/// `kern.osreldate`: 1501000 is FreeBSD 15.1.
pub(super) fn release() -> Result<u32, Error> {
    let mut release = [0; 4];
    read(&[libc::CTL_KERN, libc::KERN_OSRELDATE], &mut release, "sysctl(kern.osreldate)")?;
    Ok(u32::from_ne_bytes(release))
}

/// How many bytes an answer may have now.
pub(super) fn size(question: &[libc::c_int], operation: &str) -> Result<usize, Error> {
    ask(question, std::ptr::null_mut(), 0, operation)
}

/// Writes the answer into `buffer`. Gives its length.
pub(super) fn read(question: &[libc::c_int], buffer: &mut [u8], operation: &str) -> Result<usize, Error> {
    ask(question, buffer.as_mut_ptr().cast(), buffer.len(), operation).map(|length| length.min(buffer.len()))
}

fn ask(
    question: &[libc::c_int],
    buffer: *mut libc::c_void,
    mut length: usize,
    operation: &str,
) -> Result<usize, Error> {
    let names = libc::c_uint::try_from(question.len()).unwrap_or(0);
    // SAFETY: `question` has `names` numbers; `buffer` is null, or has room for `length` bytes, and the kernel writes no
    // more; nothing is set (the last two).
    let answered = unsafe { libc::sysctl(question.as_ptr(), names, buffer, &raw mut length, std::ptr::null(), 0) };
    if answered < 0 { Err(last_error(operation)) } else { Ok(length) }
}
