//! Attributes of the file behind a descriptor, and locks on it.

use std::time::SystemTime;

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op, reaches, std, unknown};

const FSTAT: &[Rights] = &[Rights::FSTAT];
const FSTATFS: &[Rights] = &[Rights::FSTATFS, Rights::FPATHCONF];
const FLOCK: &[Rights] = &[Rights::FLOCK];
const FUTIMES: &[Rights] = &[Rights::FUTIMES];
const AT_EMPTY: i32 = AT_EMPTY_PATH;

/// What every descriptor answers.
pub(crate) const STAT: &[Operation] = &[
    op("fstat", With(FSTAT), |s| gives(call(SYS_fstat, args![s.fd(), &mut [0_u64; 32]]), 0)),
    op("newfstatat of the empty path", With(FSTAT), |s| {
        gives(call(SYS_newfstatat, args![s.fd(), c"", &mut [0_u64; 32], AT_EMPTY]), 0)
    }),
    op("newfstatat of no path", With(FSTAT), |s| {
        gives(call(SYS_newfstatat, args![s.fd(), 0, &mut [0_u64; 32], AT_EMPTY]), 0)
    }),
    op("newfstatat of an absolute path", Never, |s| {
        gives(call(SYS_newfstatat, args![s.fd(), c"/", &mut [0_u64; 32], AT_EMPTY]), 0)
    }),
    op("std's metadata", With(FSTAT), |s| std(s.file.metadata())),
    unknown("statx", |s| gives(call(SYS_statx, args![s.fd(), c"", AT_EMPTY, STATX_ALL, &mut [0_u64; 32]]), 0)),
];

/// What files and directories answer.
pub(crate) const FILE: &[Operation] = &[
    op("fstatfs", With(FSTATFS), |s| gives(call(SYS_fstatfs, args![s.fd(), &mut [0_u64; 32]]), 0)),
    op("flock", With(FLOCK), |s| gives(call(SYS_flock, args![s.fd(), LOCK_SH]), 0)),
    op("flock to unlock", With(FLOCK), |s| gives(call(SYS_flock, args![s.fd(), LOCK_UN]), 0)),
    op("std's lock", With(FLOCK), |s| std(s.file.try_lock_shared().map_err(Into::into))),
    op("fchmod", With(&[Rights::FCHMOD]), |s| gives(call(SYS_fchmod, args![s.fd(), 0o700]), 0)),
    op("fchmodat of the empty path", Never, |s| gives(call(SYS_FCHMODAT2, args![s.fd(), c"", 0o700, AT_EMPTY]), 0)),
    op("fchown", With(&[Rights::FCHOWN]), |s| gives(call(SYS_fchown, args![s.fd(), -1, -1]), 0)),
    op("fchownat of the empty path", Never, |s| gives(call(SYS_fchownat, args![s.fd(), c"", -1, -1, AT_EMPTY]), 0)),
    op("utimensat", With(FUTIMES), |s| gives(call(SYS_utimensat, args![s.fd(), 0, 0, 0]), 0)),
    op("std's set_modified", With(FUTIMES), |s| std(s.file.set_modified(SystemTime::UNIX_EPOCH))),
    op("utimensat of the empty path", Never, |s| gives(call(SYS_utimensat, args![s.fd(), c"", 0, AT_EMPTY]), 0)),
    op("flistxattr", With(&[Rights::EXTATTR_LIST]), |s| {
        call(SYS_flistxattr, args![s.fd(), 0, 0]).map(|length| assert!(length >= 0))
    }),
    op("fgetxattr", With(&[Rights::EXTATTR_GET]), |s| {
        reaches(call(SYS_fgetxattr, args![s.fd(), c"user.none", &mut [0_u8; 8], 8]), Errno::ENODATA)
    }),
    op("fsetxattr", With(&[Rights::EXTATTR_SET]), |s| {
        gives(call(SYS_fsetxattr, args![s.fd(), c"user.test", b"v", 1, 0]), 0)
    }),
    op("fremovexattr", With(&[Rights::EXTATTR_DELETE]), |s| {
        reaches(call(SYS_fremovexattr, args![s.fd(), c"user.none"]), Errno::ENODATA)
    }),
    op("fcntl F_SETFL with O_NOATIME", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_SETFL, O_NOATIME]), 0)),
    op("listxattrat of no path", Never, |s| {
        call(SYS_LISTXATTRAT, args![s.fd(), 0, AT_EMPTY, 0, 0]).map(|length| assert!(length >= 0))
    }),
];

/// Locks on parts of a file.
pub(crate) const LOCKS: &[Operation] = &[
    op("fcntl F_SETLK", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_SETLK, &lock()]), 0)),
    op("fcntl F_SETLKW", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_SETLKW, &lock()]), 0)),
    op("fcntl F_GETLK", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_GETLK, &lock()]), 0)),
    op("fcntl F_OFD_SETLK", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_OFD_SETLK, &lock()]), 0)),
    op("fcntl F_OFD_SETLKW", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_OFD_SETLKW, &lock()]), 0)),
    op("fcntl F_OFD_GETLK", With(FLOCK), |s| gives(call(SYS_fcntl, args![s.fd(), F_OFD_GETLK, &lock()]), 0)),
    op("fcntl F_GETLEASE", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_GETLEASE]), F_UNLCK.into())),
    op("fcntl F_GET_RW_HINT", Never, |s| gives(call(SYS_fcntl, args![s.fd(), 1035, &mut [0_u64]]), 0)),
];

/// A shared lock of the first byte; it needs a file that can be read.
fn lock() -> [flock; 1] {
    [flock {
        l_type: i16::try_from(F_RDLCK).expect("a small number"),
        l_whence: i16::try_from(SEEK_SET).expect("a small number"),
        l_start: 0,
        l_len: 1,
        l_pid: 0,
    }]
}

/// fchmodat2(2), since Linux 6.6.
const SYS_FCHMODAT2: c_long = 452;
/// listxattrat(2), since Linux 6.13.
const SYS_LISTXATTRAT: c_long = 465;
