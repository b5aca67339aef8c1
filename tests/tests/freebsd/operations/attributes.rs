//! Attributes of the file behind a descriptor, and locks on it.

use rustix::fs::{FlockOperation, Gid, Mode, Timespec, Timestamps, Uid};
use sandbox_rt::Rights;

use crate::operation::Permitted::With;
use crate::operation::{Operation, absent, comes_through, op, rustix, std};
use crate::sys;

/// What works on every descriptor.
pub(crate) const STAT: &[Operation] = &[
    op("fstat", With(&[Rights::FSTAT]), |s| rustix(rustix::fs::fstat(s.file))),
    op("std's metadata", With(&[Rights::FSTAT]), |s| std(s.file.metadata())),
];

/// What works on files and directories.
pub(crate) const FILE: &[Operation] = &[
    op("fstatfs", With(&[Rights::FSTATFS]), |s| rustix(rustix::fs::fstatfs(s.file))),
    op("fpathconf", With(&[Rights::FPATHCONF]), |s| comes_through(sys::fpathconf(s.fd()))),
    op("flock", With(&[Rights::FLOCK]), |s| {
        rustix(rustix::fs::flock(s.file, FlockOperation::NonBlockingLockShared))?;
        rustix(rustix::fs::flock(s.file, FlockOperation::Unlock))
    }),
    op("fchmod", With(&[Rights::FCHMOD]), |s| rustix(rustix::fs::fchmod(s.file, Mode::RWXU))),
    op("fchown to nobody else", With(&[Rights::FCHOWN]), |s| {
        rustix(rustix::fs::fchown(s.file, None::<Uid>, None::<Gid>))
    }),
    op("fchflags", With(&[Rights::FCHFLAGS]), |s| comes_through(sys::fchflags(s.fd()))),
    op("futimens", With(&[Rights::FUTIMES]), |s| {
        let time = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
        rustix(rustix::fs::futimens(s.file, &Timestamps { last_access: time, last_modification: time }))
    }),
    op("extattr_get_fd", With(&[Rights::EXTATTR_GET]), |s| comes_through(sys::extattr_get(s.fd()))),
    op("extattr_set_fd", With(&[Rights::EXTATTR_SET]), |s| comes_through(sys::extattr_set(s.fd()))),
    op("extattr_list_fd", With(&[Rights::EXTATTR_LIST]), |s| comes_through(sys::extattr_list(s.fd()))),
    op("extattr_delete_fd", With(&[Rights::EXTATTR_DELETE]), |s| comes_through(sys::extattr_delete(s.fd()))),
    op("__acl_get_fd", With(&[Rights::ACL_GET]), |s| comes_through(sys::acl_get(s.fd()))),
    op("__acl_aclcheck_fd", With(&[Rights::ACL_CHECK]), |s| comes_through(sys::acl_check(s.fd()))),
    op("__acl_delete_fd", With(&[Rights::ACL_DELETE]), |s| comes_through(sys::acl_delete(s.fd()))),
];

/// What works on regular files.
pub(crate) const REGULAR: &[Operation] = &[
    op("fcntl F_SETLK", With(&[Rights::FLOCK]), |s| {
        rustix(rustix::fs::fcntl_lock(s.file, FlockOperation::NonBlockingLockExclusive))?;
        rustix(rustix::fs::fcntl_lock(s.file, FlockOperation::Unlock))
    }),
    // It is no program: executing it fails after the right was asked for.
    op("fexecve", With(&[Rights::FEXECVE]), |s| comes_through(sys::fexecve(s.fd()))),
];

/// A directory's own.
pub(crate) const DIRECTORY: &[Operation] = &[absent("fchdir", |s| rustix(rustix::process::fchdir(s.file)))];
