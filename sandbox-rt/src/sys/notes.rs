//! The notes that the linker placed in this program and in its shared libraries, where they are loaded.

use std::os::raw::{c_int, c_void};

use super::process::hold_loader;

/// A segment of notes (elf(5)).
const PT_NOTE: u32 = 4;
/// A segment that may be read (elf(5)).
const PF_R: u32 = 4;

/// Every segment of notes. Opens nothing and calls nothing of the kernel: it works inside the sandbox too.
pub(crate) fn notes() -> Vec<Vec<u8>> {
    let _loader = hold_loader();
    let mut segments: Vec<Vec<u8>> = Vec::new();
    // SAFETY: `collect` gets the pointer that is passed here, to a live Vec that nothing else uses meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(collect), (&raw mut segments).cast()) };
    segments
}

extern "C" fn collect(object: *mut libc::dl_phdr_info, _size: usize, segments: *mut c_void) -> c_int {
    // SAFETY: dl_iterate_phdr(3) passes a pointer to a description that lives until this returns.
    let Some(object) = (unsafe { object.as_ref() }) else { return 0 };
    // SAFETY: the pointer that `notes` passed on.
    let Some(segments) = (unsafe { segments.cast::<Vec<Vec<u8>>>().as_mut() }) else { return 0 };
    if object.dlpi_phdr.is_null() {
        return 0;
    }
    // SAFETY: the loader describes the object's headers by their address and number, and keeps them.
    let headers = unsafe { std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()) };
    for header in headers.iter().filter(|header| header.p_type == PT_NOTE && header.p_flags & PF_R != 0) {
        let (Some(start), Ok(length)) = (object.dlpi_addr.checked_add(header.p_vaddr), usize::try_from(header.p_memsz))
        else {
            continue;
        };
        let Ok(start) = usize::try_from(start) else { continue };
        let start = std::ptr::with_exposed_provenance::<u8>(start);
        // SAFETY: the loader mapped the segment there, readable, and no object is unloaded while its lock is held.
        segments.push(unsafe { std::slice::from_raw_parts(start, length) }.to_vec());
    }
    0
}
