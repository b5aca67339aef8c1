//! A question about the process's mappings, without the text of all of them: `PROCMAP_QUERY` (linux/fs.h), since Linux 6.11.

use std::mem::offset_of;
use std::os::fd::{AsRawFd as _, OwnedFd};

use rustix::fs::{Mode, OFlags};

use super::{errno, procfs};

/// `struct procmap_query`.
#[repr(C)]
#[derive(Default)]
struct Query {
    size: u64,
    flags: u64,
    address: u64,
    start: u64,
    end: u64,
    vma_flags: u64,
    page_size: u64,
    offset: u64,
    inode: u64,
    device: [u32; 2],
    name_size: u32,
    build_id_size: u32,
    name: u64,
    build_id: u64,
}

/// `_IOWR('f', 17, struct procmap_query)`.
#[allow(clippy::cast_possible_truncation, reason = "the size is far below the limit of 14 bits")]
const PROCMAP_QUERY: libc::c_ulong = 3 << 30 | (size_of::<Query>() as libc::c_ulong) << 16 | 0x66 << 8 | 0x11;
const _: () = assert!(size_of::<Query>() == 104 && offset_of!(Query, name) == 88);

/// `PROCMAP_QUERY_VMA_SHARED`: what `/proc/self/maps` shows as `s`.
const SHARED: u64 = 0x08;
/// `PROCMAP_QUERY_COVERING_OR_NEXT_VMA`.
const OR_NEXT: u64 = 0x10;

/// Whether the kernel knows that no mapping is shared. False where there is one, and where it cannot say.
pub(super) fn nothing_is_shared() -> bool {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let Ok(maps) = rustix::fs::open("/proc/self/maps", flags, Mode::empty()) else { return false };
    if !procfs::filesystem(&maps).is_ok_and(|system| system == procfs::MAGIC) {
        return false;
    }
    let here = 0_u8;
    let here = std::ptr::from_ref(&here).addr() as u64;
    // It answers questions, and finds what there is: then not finding anything means something. What is asked twice, one
    // wrong answer of an outer sandbox does not decide.
    ask(&maps, 0, here).is_ok_and(|found| found.contains(&here))
        && (0..2).all(|_| ask(&maps, SHARED | OR_NEXT, 0) == Err(libc::ENOENT))
}

/// The mapping at the address (or after it, and of a kind, as the flags say), or the errno.
fn ask(maps: &OwnedFd, flags: u64, address: u64) -> Result<std::ops::Range<u64>, i32> {
    let mut query = Query { size: size_of::<Query>() as u64, flags, address, ..Query::default() };
    // SAFETY: `query` is live, as long as the request and its first field say, and names no buffers.
    let asked = unsafe { libc::ioctl(maps.as_raw_fd(), PROCMAP_QUERY as _, &raw mut query) };
    if asked == 0 { Ok(query.start..query.end) } else { Err(errno()) }
}
