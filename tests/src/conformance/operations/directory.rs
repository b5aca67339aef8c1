//! What is done beneath a directory. Each operation leaves it as it was.

use rustix::fs::{Access, AtFlags, Gid, Mode, OFlags, Timespec, Timestamps, Uid};
use sandbox_rt::Rights;

use super::attributes::NO_FLAGS;
use crate::conformance::Permitted::{Never, Outside, With};
#[cfg(target_os = "freebsd")]
use crate::conformance::operation::comes_through;
use crate::conformance::operation::{differ, errno, on, only, op, rustix, works};
use crate::conformance::{Operation, Subject, System};
use crate::sys::{Errno, functions};

const LOOKUP: Rights = Rights::LOOKUP;
const READ: Rights = LOOKUP.union(Rights::READ);
/// `write` beneath a directory comes with `seek`, which the kernel asks for.
const WRITE: Rights = LOOKUP.union(Rights::WRITE);
const MODE: Mode = Mode::RWXU;
const BY_PATH: &str =
    "Landlock does not confine this call, whose path a filter cannot see: open first, then use what was opened";
const NO_SUCH_CALL: &str = "Linux has no such call";

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
        let file = rustix::fs::openat(s.file, "file", OFlags::RDONLY, MODE).map_err(errno)?;
        rustix(rustix::fs::fstat(file))
    }),
    differ(
        "openat, then lseek",
        With(&[READ.union(Rights::SEEK_TELL)]),
        With(&[READ.union(Rights::SEEK_TELL), READ.union(WRITE)]),
        "FreeBSD's kernel asks for `seek` where a file is opened to be written, so that `write` beneath a directory has it",
        |s| {
            let file = rustix::fs::openat(s.file, "file", OFlags::RDONLY, MODE).map_err(errno)?;
            rustix(rustix::fs::tell(file))
        },
    ),
];

/// Paths that lead out.
pub(crate) const OUT: &[Operation] = &[
    op("openat of an absolute path", Outside(READ), |s| open(s, "/etc/passwd", OFlags::RDONLY)),
    op("openat of the directory above", Outside(READ), |s| open(s, "..", OFlags::RDONLY | OFlags::DIRECTORY)),
    op("openat through the directory above", Outside(READ), |s| open(s, "../outside/file", OFlags::RDONLY)),
    op("openat through a link that leads out", Outside(READ), |s| open(s, "out", OFlags::RDONLY)),
    op("openat to write outside", Outside(WRITE), |s| open(s, "../outside/file", OFlags::WRONLY)),
    op("mkdirat outside", Outside(LOOKUP.union(Rights::MKDIRAT)), |s| {
        rustix(rustix::fs::mkdirat(s.file, format!("../outside/{}", fresh("directory")), MODE))
    }),
    op("unlinkat outside", Outside(LOOKUP.union(Rights::UNLINKAT)), |s| {
        rustix(rustix::fs::unlinkat(s.file, "../outside/removed", AtFlags::empty()))
    }),
];

/// Asking, and changing attributes.
pub(crate) const ATTRIBUTES: &[Operation] = &[
    op("list it", With(&[Rights::READ]), |s| works(functions::entries(s.fd()))),
    differ("fstatat", Never, With(&[LOOKUP.union(Rights::FSTAT)]), BY_PATH, |s| {
        rustix(rustix::fs::statat(s.file, "file", AtFlags::empty()))
    }),
    differ("faccessat", Never, With(&[LOOKUP.union(Rights::FSTAT)]), BY_PATH, |s| {
        rustix(rustix::fs::accessat(s.file, "file", Access::READ_OK, AtFlags::empty()))
    }),
    differ("readlinkat", Never, With(&[LOOKUP]), BY_PATH, |s| {
        rustix(rustix::fs::readlinkat(s.file, "link", Vec::new()))
    }),
    differ("fchmodat", Never, With(&[LOOKUP.union(Rights::FCHMOD)]), BY_PATH, |s| {
        rustix(rustix::fs::chmodat(s.file, "file", MODE, AtFlags::empty()))
    }),
    differ("fchownat to nobody else", Never, With(&[LOOKUP.union(Rights::FCHOWN)]), BY_PATH, |s| {
        rustix(rustix::fs::chownat(s.file, "file", None::<Uid>, None::<Gid>, AtFlags::empty()))
    }),
    only(
        System::FreeBsd,
        "chflagsat",
        With(&[LOOKUP.union(Rights::FCHFLAGS)]),
        NO_FLAGS,
        on!("freebsd", |s| comes_through(functions::chflagsat_none(s.fd(), c"file"))),
    ),
    differ("utimensat", Never, With(&[LOOKUP.union(Rights::FUTIMES)]), BY_PATH, |s| {
        let time = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
        let times = Timestamps { last_access: time, last_modification: time };
        rustix(rustix::fs::utimensat(s.file, "file", &times, AtFlags::empty()))
    }),
    only(
        System::FreeBsd,
        "bindat",
        With(&[LOOKUP.union(Rights::BINDAT)]),
        NO_SUCH_CALL,
        on!("freebsd", |s| works(functions::bind_beneath(s.fd(), socket()?, &fresh("socket")))),
    ),
    // Nobody listens there: that is found out after the right was asked for.
    only(
        System::FreeBsd,
        "connectat",
        With(&[LOOKUP.union(Rights::CONNECTAT)]),
        NO_SUCH_CALL,
        on!("freebsd", |s| comes_through(functions::connect_beneath(s.fd(), socket()?, "nobody"))),
    ),
];

#[cfg(target_os = "freebsd")]
fn socket() -> Result<std::os::fd::OwnedFd, Errno> {
    rustix::net::socket(rustix::net::AddressFamily::UNIX, rustix::net::SocketType::STREAM, None).map_err(errno)
}

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
    op("mkfifoat", With(&[LOOKUP.union(Rights::MKFIFOAT)]), |s| works(functions::mkfifoat(s.fd(), &fresh("fifo")))),
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
    differ(
        "renameat over another file",
        With(&[LOOKUP.union(Rights::RENAMEAT_SOURCE).union(Rights::RENAMEAT_TARGET)]),
        With(&[LOOKUP.union(Rights::RENAMEAT_SOURCE).union(Rights::RENAMEAT_TARGET).union(Rights::UNLINKAT)]),
        "Landlock has one right for taking a name away, be it by renaming or removing",
        |s| rustix(rustix::fs::renameat(s.file, "replacing", s.file, "replaced")),
    ),
    op("unlinkat", With(&[LOOKUP.union(Rights::UNLINKAT)]), |s| {
        rustix(rustix::fs::unlinkat(s.file, "removed", AtFlags::empty()))
    }),
    op("unlinkat a directory", With(&[LOOKUP.union(Rights::UNLINKAT)]), |s| {
        rustix(rustix::fs::unlinkat(s.file, "empty", AtFlags::REMOVEDIR))
    }),
];
