//! What libc and libthr open when they first need it; in capability mode they could not.
//!
//! The locale is not among it: setlocale(3) reads it when it is called, and programs call it first thing.

/// `NL_CAT_LOCALE` (nl_types.h): the catalogue of the locale's language.
const NL_CAT_LOCALE: libc::c_int = 1;

unsafe extern "C" {
    fn tzset();
    fn catopen(name: *const libc::c_char, flag: libc::c_int) -> *mut libc::c_void;
}

/// Loads the time zone, the texts of errors and signals, and what threads end by. They stay loaded; that one is missing is
/// remembered too.
pub(super) fn load() {
    // SAFETY: tzset(3) takes nothing; entry, which runs in the only thread, does not change the environment.
    unsafe { tzset() };
    // SAFETY: the name is a C string; the catalogue, or that there is none, is kept by libc and never closed (what
    // strerror(3) and strsignal(3) open by the same name).
    unsafe { catopen(c"libc".as_ptr(), NL_CAT_LOCALE) };
    hold_unwinder();
}

/// Does what libthr does when the first thread ends (libthr/thread/thr_exit.c): it asks the loader for the unwinder by
/// its path. The loader has it by another name, opens the file to see that it is the same, and knows the path from then on.
/// Opened in the sandbox, that file would end a process with `on_violation = kill`.
fn hold_unwinder() {
    // SAFETY: the name is a C string; every loaded object is searched.
    let unwinder = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"_Unwind_ForcedUnwind".as_ptr()) };
    if unwinder.is_null() {
        return;
    }
    // SAFETY: pointers only, of which null is a value.
    let mut object: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: the address is not read, and `object` is live.
    if unsafe { libc::dladdr(unwinder, &raw mut object) } != 0 {
        // SAFETY: the path is a C string that the loader keeps as long as the object, which is loaded and never closed.
        unsafe { libc::dlopen(object.dli_fname, libc::RTLD_LAZY) };
    }
}
