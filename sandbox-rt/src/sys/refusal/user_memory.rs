//! Reading memory that the trapped call points at. The pointer is the caller's and may be anything.

/// A `how` that no kernel knows: sigprocmask(2) copies the set, finds `how` invalid, and changes nothing.
const PROBE: libc::c_int = 0x5a4d;
/// The size of the kernel's `sigset_t`.
const WORD: usize = if cfg!(target_os = "linux") { 8 } else { 16 };
/// `SYS_rt_sigprocmask`.
#[cfg(target_os = "linux")]
const SIGPROCMASK: libc::c_long = libc::SYS_rt_sigprocmask;
/// `SYS_sigprocmask` (sys/syscall.h); libc's own function looks into the set before the kernel does.
#[cfg(target_os = "freebsd")]
const SIGPROCMASK: libc::c_int = 340;

/// Copies the string at `address` into `buffer`, up to its end, the buffer's or the end of readable memory.
///
/// The kernel tells whether each aligned word is readable (EFAULT or EINVAL) before it is read; another thread that
/// unmaps it in between makes the process fault, which hurts only itself.
pub(in crate::sys) fn read_string(address: u64, buffer: &mut [u8]) -> Option<&[u8]> {
    let mut at = usize::try_from(address).ok()?;
    let mut length = 0;
    while length < buffer.len() {
        if (length == 0 || at.is_multiple_of(WORD)) && !readable(at & !(WORD - 1)) {
            if length == 0 {
                return None;
            }
            break;
        }
        let pointer = std::ptr::with_exposed_provenance::<u8>(at);
        // SAFETY: the kernel has just read the word that contains this byte.
        let byte = unsafe { pointer.read_volatile() };
        if byte == 0 {
            break;
        }
        buffer[length] = byte;
        length += 1;
        at = at.checked_add(1)?;
    }
    Some(&buffer[..length])
}

fn readable(word: usize) -> bool {
    let set = std::ptr::with_exposed_provenance::<libc::c_void>(word);
    // SAFETY: the kernel checks the pointer itself, and with an invalid `how` it changes nothing.
    let probed = unsafe { libc::syscall(SIGPROCMASK, PROBE, set, std::ptr::null_mut::<libc::c_void>(), WORD) };
    probed < 0 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL)
}
