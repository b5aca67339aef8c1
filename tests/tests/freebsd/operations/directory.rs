//! What is done beneath a directory. Each operation leaves it as it was.

use rustix::fs::{Access, AtFlags, Gid, Mode, OFlags, Timespec, Timestamps, Uid};
use sandbox_rt::Rights;
use sandbox_tests::sys::Errno;

use crate::operation::Permitted::With;
use crate::operation::{Operation, Subject, comes_through, op, rustix, works};
use crate::sys;

const LOOKUP: Rights = Rights::LOOKUP;
const READ: Rights = LOOKUP.union(Rights::READ);
/// `write` beneath a directory comes with `seek`, which the kernel asks for.
const WRITE: Rights = LOOKUP.union(Rights::WRITE);
const MODE: Mode = Mode::RWXU;

fn open(s: &Subject<'_>, name: &str, flags: OFlags) -> Result<(), Errno> {
    rustix(rustix::fs::openat(s.file, name, flags, MODE))
}

/// Opening.
pub(crate) const OPEN: &[Operation] = &[
    op("openat to read", With(&[READ]), |s| open(s, "file", OFlags::RDONLY)),
    op("openat a directory", With(&[READ]), |s| open(s, "sub", OFlags::RDONLY | OFlags::DIRECTORY)),
    op("openat through a directory", With(&[READ]), |s| open(s, "sub/../sub/inner", OFlags::RDONLY)),
    op("openat through a link", With(&[READ]), |s| open(s, "link", OFlags::RDONLY)),
    op("openat to write", With(&[WRITE]), |s| open(s, "file", OFlags::WRONLY)),
    op("openat to append", With(&[WRITE]), |s| open(s, "file", OFlags::WRONLY | OFlags::APPEND)),
    op("openat to read and write", With(&[READ.union(WRITE)]), |s| open(s, "file", OFlags::RDWR)),
    op("openat to truncate", With(&[WRITE.union(Rights::FTRUNCATE)]), |s| {
        open(s, "truncated", OFlags::WRONLY | OFlags::TRUNC)
    }),
    op("openat to create", With(&[WRITE.union(Rights::CREATE)]), |s| open(s, "file", OFlags::WRONLY | OFlags::CREATE)),
    op("openat to write at once", With(&[WRITE.union(Rights::FSYNC)]), |s| {
        open(s, "file", OFlags::WRONLY | OFlags::SYNC)
    }),
    op("openat, then fstat", With(&[READ.union(Rights::FSTAT)]), |s| {
        let file = rustix::fs::openat(s.file, "file", OFlags::RDONLY, MODE).map_err(sys::errno)?;
        rustix(rustix::fs::fstat(file))
    }),
    op("openat, then lseek", With(&[READ.union(Rights::SEEK_TELL), READ.union(WRITE)]), |s| {
        let file = rustix::fs::openat(s.file, "file", OFlags::RDONLY, MODE).map_err(sys::errno)?;
        rustix(rustix::fs::tell(file))
    }),
];

/// Asking, and changing attributes.
pub(crate) const ATTRIBUTES: &[Operation] = &[
    op("getdirentries", With(&[Rights::READ]), |s| works(sys::entries(s.fd()))),
    op("fstatat", With(&[LOOKUP.union(Rights::FSTAT)]), |s| {
        rustix(rustix::fs::statat(s.file, "file", AtFlags::empty()))
    }),
    op("faccessat", With(&[LOOKUP.union(Rights::FSTAT)]), |s| {
        rustix(rustix::fs::accessat(s.file, "file", Access::READ_OK, AtFlags::empty()))
    }),
    op("readlinkat", With(&[LOOKUP]), |s| rustix(rustix::fs::readlinkat(s.file, "link", Vec::new()))),
    op("fchmodat", With(&[LOOKUP.union(Rights::FCHMOD)]), |s| {
        rustix(rustix::fs::chmodat(s.file, "file", MODE, AtFlags::empty()))
    }),
    op("fchownat to nobody else", With(&[LOOKUP.union(Rights::FCHOWN)]), |s| {
        rustix(rustix::fs::chownat(s.file, "file", None::<Uid>, None::<Gid>, AtFlags::empty()))
    }),
    op("chflagsat", With(&[LOOKUP.union(Rights::FCHFLAGS)]), |s| comes_through(sys::chflagsat_none(s.fd(), c"file"))),
    op("utimensat", With(&[LOOKUP.union(Rights::FUTIMES)]), |s| {
        let time = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
        let times = Timestamps { last_access: time, last_modification: time };
        rustix(rustix::fs::utimensat(s.file, "file", &times, AtFlags::empty()))
    }),
];

/// A name that nothing has.
fn fresh(name: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{name}.{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Making entries, each under a name of its own.
pub(crate) const MAKE: &[Operation] = &[
    op("mkdirat", With(&[LOOKUP.union(Rights::MKDIRAT)]), |s| {
        rustix(rustix::fs::mkdirat(s.file, fresh("directory"), MODE))
    }),
    op("mkfifoat", With(&[LOOKUP.union(Rights::MKFIFOAT)]), |s| sys::mkfifoat(s.fd(), &fresh("fifo"))),
    op("symlinkat", With(&[LOOKUP.union(Rights::SYMLINKAT)]), |s| {
        rustix(rustix::fs::symlinkat("file", s.file, fresh("symlink")))
    }),
    op("linkat", With(&[LOOKUP.union(Rights::LINKAT_SOURCE).union(Rights::LINKAT_TARGET)]), |s| {
        rustix(rustix::fs::linkat(s.file, "file", s.file, fresh("hard"), AtFlags::empty()))
    }),
];

/// Moving and removing: each takes something of its own.
pub(crate) const TAKE: &[Operation] = &[
    op("renameat", With(&[LOOKUP.union(Rights::RENAMEAT_SOURCE).union(Rights::RENAMEAT_TARGET)]), |s| {
        rustix(rustix::fs::renameat(s.file, "moved", s.file, "moved.away"))?;
        rustix(rustix::fs::renameat(s.file, "moved.away", s.file, "moved"))
    }),
    op("unlinkat", With(&[LOOKUP.union(Rights::UNLINKAT)]), |s| {
        rustix(rustix::fs::unlinkat(s.file, "removed", AtFlags::empty()))
    }),
    op("unlinkat a directory", With(&[LOOKUP.union(Rights::UNLINKAT)]), |s| {
        rustix(rustix::fs::unlinkat(s.file, "empty", AtFlags::REMOVEDIR))
    }),
];
