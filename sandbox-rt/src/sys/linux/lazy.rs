//! What libc and rustix read from files when it is first needed; confined it could not, and under `kill` the attempt would end the
//! process.
//!
//! The locale is not among it: setlocale(3) reads it when it is called, and a Rust program that calls no C library never
//! does; then no text is translated either. What is read at each use and not kept (users, hosts, services: nsswitch) no
//! loading helps; the guide says to look it up before entry.

use std::ffi::{CStr, c_char};

/// Loads the time zone, and the translations of libc's texts where the program has chosen a language. They stay loaded;
/// that one is missing is remembered too.
pub(super) fn load() {
    unsafe extern "C" {
        fn tzset();
        fn dgettext(domain: *const c_char, text: *const c_char) -> *mut c_char;
    }
    // SAFETY: tzset(3) takes nothing and reads the environment, which no other thread can change: there is none.
    unsafe { tzset() };
    if speaks_another_language() {
        // One text that is translated is enough: errors and signals are in one catalogue, and are converted to the locale's
        // characters by the same tables (gconv).
        let mut text = [0; 256];
        // SAFETY: the buffer is live, and as long as it is said to be.
        unsafe { libc::strerror_r(libc::EPERM, text.as_mut_ptr(), text.len()) };
        // What the first language of several lacks is looked for in the next one: here, in all of them.
        // SAFETY: both are strings; what it gives is the second of them or lives as long as the process (dgettext(3)).
        let _ = unsafe { dgettext(c"libc".as_ptr(), c"a text that nobody translates".as_ptr()) };
    }
    // rustix, by which many crates ask for the time, looks for the vDSO once.
    let _ = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
}

/// Whether libc looks for translations: not in the locale that every program starts with (setlocale(3)).
fn speaks_another_language() -> bool {
    // SAFETY: without a name, setlocale only tells the one that is set, as a string that lives until the next call.
    let locale = unsafe { libc::setlocale(libc::LC_MESSAGES, std::ptr::null()) };
    // SAFETY: it is null or a string, and no other thread changes it: there is none.
    locale.is_null() || unsafe { CStr::from_ptr(locale) } != c"C"
}
