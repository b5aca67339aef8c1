//! Attributes of the file behind a descriptor, and locks on it.

use rustix::fs::{FlockOperation, Gid, Mode, Timespec, Timestamps, Uid};
use sandbox_rt::Rights;

use crate::conformance::Permitted::{Never, With};
use crate::conformance::operation::{comes_through, differ, on, only, op, rustix, std};
use crate::conformance::{Operation, System};
use crate::sys::functions;

const NO_ACLS: &str = "ACLs are extended attributes on Linux, whose names a filter cannot see";
pub(super) const NO_FLAGS: &str = "Linux has no such call: it sets flags by ioctl requests, and has others";

/// What works on every descriptor.
pub(crate) const STAT: &[Operation] = &[
    op("fstat", With(&[Rights::FSTAT]), |s| rustix(rustix::fs::fstat(s.file))),
    op("std's metadata", With(&[Rights::FSTAT]), |s| std(s.file.metadata())),
];

/// What works on files and directories.
pub(crate) const FILE: &[Operation] = &[
    differ(
        "fstatfs",
        With(&[Rights::FSTATFS, Rights::FPATHCONF]),
        With(&[Rights::FSTATFS]),
        "Linux has one call for both rights",
        |s| rustix(rustix::fs::fstatfs(s.file)),
    ),
    differ(
        "fpathconf",
        With(&[Rights::FSTATFS, Rights::FPATHCONF]),
        With(&[Rights::FPATHCONF]),
        "Linux has one call for both rights",
        |s| comes_through(functions::fpathconf(s.fd())),
    ),
    op("flock", With(&[Rights::FLOCK]), |s| {
        rustix(rustix::fs::flock(s.file, FlockOperation::NonBlockingLockShared))?;
        rustix(rustix::fs::flock(s.file, FlockOperation::Unlock))
    }),
    op("fchmod", With(&[Rights::FCHMOD]), |s| rustix(rustix::fs::fchmod(s.file, Mode::RWXU))),
    op("fchown to nobody else", With(&[Rights::FCHOWN]), |s| {
        rustix(rustix::fs::fchown(s.file, None::<Uid>, None::<Gid>))
    }),
    only(
        System::FreeBsd,
        "fchflags",
        With(&[Rights::FCHFLAGS]),
        NO_FLAGS,
        on!("freebsd", |s| comes_through(functions::fchflags(s.fd()))),
    ),
    op("futimens", With(&[Rights::FUTIMES]), |s| {
        let time = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
        rustix(rustix::fs::futimens(s.file, &Timestamps { last_access: time, last_modification: time }))
    }),
    op("set an extended attribute", With(&[Rights::EXTATTR_SET]), |s| comes_through(functions::extended_set(s.fd()))),
    op("read an extended attribute", With(&[Rights::EXTATTR_GET]), |s| comes_through(functions::extended_get(s.fd()))),
    op("list extended attributes", With(&[Rights::EXTATTR_LIST]), |s| comes_through(functions::extended_list(s.fd()))),
    op("remove an extended attribute", With(&[Rights::EXTATTR_DELETE]), |s| {
        comes_through(functions::extended_delete(s.fd()))
    }),
    only(
        System::FreeBsd,
        "read its ACL",
        With(&[Rights::ACL_GET]),
        NO_ACLS,
        on!("freebsd", |s| comes_through(functions::acl_get(s.fd()))),
    ),
    only(
        System::FreeBsd,
        "set its ACL",
        With(&[Rights::ACL_SET]),
        NO_ACLS,
        on!("freebsd", |s| comes_through(functions::acl_set(s.fd()))),
    ),
    only(
        System::FreeBsd,
        "check an ACL",
        With(&[Rights::ACL_CHECK]),
        NO_ACLS,
        on!("freebsd", |s| comes_through(functions::acl_check(s.fd()))),
    ),
    only(
        System::FreeBsd,
        "remove its ACL",
        With(&[Rights::ACL_DELETE]),
        NO_ACLS,
        on!("freebsd", |s| comes_through(functions::acl_delete(s.fd()))),
    ),
];

/// What needs more than a directory.
pub(crate) const REGULAR: &[Operation] = &[
    op("fcntl F_SETLK", With(&[Rights::FLOCK]), |s| {
        rustix(rustix::fs::fcntl_lock(s.file, FlockOperation::NonBlockingLockExclusive))?;
        rustix(rustix::fs::fcntl_lock(s.file, FlockOperation::Unlock))
    }),
    // It is no program: executing it fails after the right was asked for.
    differ(
        "fexecve",
        Never,
        With(&[Rights::FEXECVE]),
        "Linux's call takes a path in memory, which would run any program",
        |s| comes_through(functions::fexecve(s.fd())),
    ),
];

/// A directory's own.
pub(crate) const DIRECTORY: &[Operation] = &[op("fchdir", Never, |s| rustix(rustix::process::fchdir(s.file)))];
