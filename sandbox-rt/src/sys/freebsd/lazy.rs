//! What libc reads from files when it is first needed; in capability mode it could not.
//!
//! The locale is not among it: setlocale(3) reads it when it is called, and programs call it first thing.

/// `NL_CAT_LOCALE` (nl_types.h): the catalogue of the locale's language.
const NL_CAT_LOCALE: libc::c_int = 1;

unsafe extern "C" {
    fn tzset();
    fn catopen(name: *const libc::c_char, flag: libc::c_int) -> *mut libc::c_void;
}

/// Loads the time zone, and the texts of errors and signals. They stay loaded; that one is missing is remembered too.
pub(super) fn load() {
    // SAFETY: tzset(3) takes nothing; entry, which runs in the only thread, does not change the environment.
    unsafe { tzset() };
    // SAFETY: the name is a C string; the catalogue, or that there is none, is kept by libc and never closed (what
    // strerror(3) and strsignal(3) open by the same name).
    unsafe { catopen(c"libc".as_ptr(), NL_CAT_LOCALE) };
}
