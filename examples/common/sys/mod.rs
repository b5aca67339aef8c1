//! How signals were left by the program that started this one.

#![allow(unsafe_code, reason = "sigaction has no safe form")]

/// Whether the program was started with this signal ignored, as nohup does it (sigaction(2)).
pub(crate) fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: all zeros is a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `action` is live, and nothing is changed.
    let asked = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    asked == 0 && action.sa_sigaction == libc::SIG_IGN
}
