//! Opening beneath a directory. What lies there is in [`crate::kinds`]' directory.

use std::ffi::CStr;

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{self, Beneath, Never, With};
use crate::operation::{Operation, Subject, gives, op, reaches, std, unknown, works};

const READ: Rights = Rights::LOOKUP.union(Rights::READ);
const WRITE: Rights = Rights::LOOKUP.union(Rights::WRITE);
const BOTH: Rights = READ.union(WRITE);

/// What the filter permits with these rights, and Landlock with none: the path leads out of the directory.
pub(super) const fn outside(rights: &'static [Rights]) -> Permitted {
    Beneath(rights, &[], Errno::EACCES)
}

fn open(subject: &Subject<'_>, path: &CStr, flags: i32) -> Result<i64, Errno> {
    call(SYS_openat, args![subject.fd(), path, flags, 0o600])
}

fn opens(subject: &Subject<'_>, path: &CStr, flags: i32) -> Result<(), Errno> {
    close(open(subject, path, flags)?)
}

fn close(minted: i64) -> Result<(), Errno> {
    gives(call(SYS_close, args![minted]), 0)
}

/// Opens, does something with what was opened, and closes it.
fn through(
    subject: &Subject<'_>,
    path: &CStr,
    flags: i32,
    run: impl Fn(i64) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let minted = open(subject, path, flags)?;
    let result = run(minted);
    close(minted)?;
    result
}

/// Which flags, and which rights they need.
pub(crate) const OPEN: &[Operation] = &[
    op("openat to read", With(&[READ]), |s| opens(s, c"file", O_RDONLY)),
    op("openat to read, with harmless flags", With(&[READ]), |s| {
        opens(s, c"file", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_LARGEFILE)
    }),
    op("openat of a directory", With(&[READ]), |s| opens(s, c"sub", O_RDONLY | O_DIRECTORY)),
    op("openat to write", With(&[WRITE]), |s| opens(s, c"file", O_WRONLY)),
    op("openat to append", With(&[WRITE]), |s| opens(s, c"file", O_WRONLY | O_APPEND)),
    op("openat to read and write", With(&[BOTH]), |s| opens(s, c"file", O_RDWR)),
    op("openat for neither", Never, |s| opens(s, c"file", O_ACCMODE)),
    op("openat to truncate", With(&[WRITE.union(Rights::FTRUNCATE)]), |s| opens(s, c"truncated", O_WRONLY | O_TRUNC)),
    op("openat to read and truncate", With(&[READ.union(Rights::FTRUNCATE)]), |s| {
        opens(s, c"truncated", O_RDONLY | O_TRUNC)
    }),
    op("openat to create", With(&[WRITE.union(Rights::CREATE)]), |s| opens(s, c"new", O_WRONLY | O_CREAT)),
    op("openat to create, if it is new", With(&[WRITE.union(Rights::CREATE)]), |s| {
        opens(s, c"newer", O_WRONLY | O_CREAT | O_EXCL)
    }),
    op("openat to create and read", With(&[READ.union(Rights::CREATE)]), |s| opens(s, c"newest", O_CREAT)),
    op("openat to create what exists", With(&[WRITE.union(Rights::CREATE)]), |s| opens(s, c"file", O_WRONLY | O_CREAT)),
    op("openat to write durably", With(&[WRITE.union(Rights::FSYNC)]), |s| opens(s, c"file", O_WRONLY | O_SYNC)),
    op("openat to write data durably", With(&[WRITE.union(Rights::FSYNC)]), |s| opens(s, c"file", O_WRONLY | O_DSYNC)),
    op("openat with O_PATH", Never, |s| opens(s, c"file", O_PATH)),
    op("openat with O_PATH of a directory", Never, |s| opens(s, c"sub", O_PATH | O_DIRECTORY)),
    op("openat with O_TMPFILE", Never, |s| opens(s, c".", O_TMPFILE | O_WRONLY)),
    op("openat with O_NOATIME", Never, |s| opens(s, c"file", O_NOATIME)),
    op("openat with O_ASYNC", Never, |s| opens(s, c"file", O_ASYNC)),
    unknown("openat2", |s| close(call(SYS_openat2, args![s.fd(), c"file", &[0_u64; 3], 24])?)),
];

/// Which paths.
pub(crate) const PATHS: &[Operation] = &[
    op("a symbolic link to beneath it", With(&[READ]), |s| opens(s, c"link", O_RDONLY)),
    op("a path with .. that stays beneath it", With(&[READ]), |s| opens(s, c"sub/../file", O_RDONLY)),
    op("what lies further down", With(&[READ]), |s| opens(s, c"sub/inner", O_RDONLY)),
    op("what does not exist", With(&[READ]), |s| reaches(open(s, c"missing", O_RDONLY), Errno::ENOENT)),
    // That can be told; SECURITY.md says so.
    op("what does not exist, outside", With(&[READ]), |s| reaches(open(s, c"../missing", O_RDONLY), Errno::ENOENT)),
    op("an absolute path", outside(&[READ]), |s| opens(s, c"/etc/passwd", O_RDONLY)),
    op("the root", outside(&[READ]), |s| opens(s, c"/", O_RDONLY | O_DIRECTORY)),
    op("the directory above", outside(&[READ]), |s| opens(s, c"..", O_RDONLY | O_DIRECTORY)),
    op("its neighbour", outside(&[READ]), |s| opens(s, c"../outside/file", O_RDONLY)),
    op("its neighbour, to write", outside(&[WRITE]), |s| opens(s, c"../outside/file", O_WRONLY)),
    op("its neighbour, to truncate", outside(&[WRITE.union(Rights::FTRUNCATE)]), |s| {
        opens(s, c"../outside/file", O_WRONLY | O_TRUNC)
    }),
    op("something new in its neighbour", outside(&[WRITE.union(Rights::CREATE)]), |s| {
        opens(s, c"../outside/new", O_WRONLY | O_CREAT)
    }),
    op("a symbolic link that leads out", outside(&[READ]), |s| opens(s, c"out", O_RDONLY)),
    op("a symbolic link that leads out, to write", outside(&[WRITE]), |s| opens(s, c"out", O_WRONLY)),
    op("a path that starts nowhere", Never, |s| {
        let _ = s;
        close(call(SYS_openat, args![AT_FDCWD, c"/etc/passwd", O_RDONLY])?)
    }),
    #[cfg(target_arch = "x86_64")]
    op("open", Never, |_| close(call(SYS_open, args![c"/etc/passwd", O_RDONLY])?)),
    op("std's File::open", Never, |_| std(std::fs::File::open("/etc/passwd"))),
    op("std's read_dir", Never, |_| std(std::fs::read_dir("/"))),
];

/// What was opened has the directory's rights.
pub(crate) const OPENED: &[Operation] = &[
    op("read from what was opened", With(&[READ]), |s| {
        through(s, c"file", O_RDONLY, |fd| gives(call(SYS_read, args![fd, &mut [0_u8; 1], 1]), 1))
    }),
    op("write to what was opened", With(&[WRITE]), |s| {
        through(s, c"file", O_WRONLY, |fd| gives(call(SYS_write, args![fd, b"w", 1]), 1))
    }),
    op("list what was opened", With(&[READ]), |s| {
        through(s, c"sub", O_RDONLY | O_DIRECTORY, |fd| works(call(SYS_getdents64, args![fd, &mut [0_u64; 128], 1024])))
    }),
    op("open beneath what was opened", With(&[READ]), |s| {
        through(s, c"sub", O_RDONLY | O_DIRECTORY, |fd| close(call(SYS_openat, args![fd, c"inner", O_RDONLY])?))
    }),
    op("open above what was opened", outside(&[READ]), |s| {
        through(s, c"sub", O_RDONLY | O_DIRECTORY, |fd| {
            close(call(SYS_openat, args![fd, c"../../outside/file", O_RDONLY])?)
        })
    }),
    op("fstat of what was opened", With(&[READ.union(Rights::FSTAT)]), |s| {
        through(s, c"file", O_RDONLY, |fd| gives(call(SYS_fstat, args![fd, &mut [0_u64; 32]]), 0))
    }),
    op("newfstatat of what was opened", With(&[READ.union(Rights::FSTAT)]), |s| {
        through(s, c"file", O_RDONLY, |fd| {
            gives(call(SYS_newfstatat, args![fd, c"", &mut [0_u64; 32], AT_EMPTY_PATH]), 0)
        })
    }),
    op("lseek of what was opened", With(&[READ.union(Rights::SEEK)]), |s| {
        through(s, c"file", O_RDONLY, |fd| gives(call(SYS_lseek, args![fd, 0, SEEK_SET]), 0))
    }),
    op("ftruncate of what was opened", With(&[WRITE.union(Rights::FTRUNCATE)]), |s| {
        through(s, c"truncated", O_WRONLY, |fd| gives(call(SYS_ftruncate, args![fd, 0]), 0))
    }),
    op("sendmsg of what was opened", Never, |s| {
        through(s, c"file", O_RDONLY, |fd| reaches(call(SYS_sendmsg, args![fd, 0, 0]), Errno::ENOTSOCK))
    }),
];

/// What is answered by path, which Landlock does not confine.
pub(crate) const BY_PATH: &[Operation] = &[
    op("newfstatat of a path", Never, |s| gives(call(SYS_newfstatat, args![s.fd(), c"file", &mut [0_u64; 32], 0]), 0)),
    unknown("statx of a path", |s| gives(call(SYS_statx, args![s.fd(), c"file", 0, 0, &mut [0_u64; 32]]), 0)),
    op("readlinkat", Never, |s| works(call(SYS_readlinkat, args![s.fd(), c"link", &mut [0_u8; 64], 64]))),
    op("faccessat", Never, |s| gives(call(SYS_faccessat, args![s.fd(), c"file", R_OK]), 0)),
    op("faccessat2", Never, |s| gives(call(SYS_faccessat2, args![s.fd(), c"file", R_OK, 0]), 0)),
    op("fchmodat", Never, |s| gives(call(SYS_fchmodat, args![s.fd(), c"file", 0o600]), 0)),
    op("fchownat", Never, |s| gives(call(SYS_fchownat, args![s.fd(), c"file", -1, -1, 0]), 0)),
    op("utimensat of a path", Never, |s| gives(call(SYS_utimensat, args![s.fd(), c"file", 0, 0]), 0)),
    op("fchdir", Never, |s| gives(call(SYS_fchdir, args![s.fd()]), 0)),
    op("chdir", Never, |_| gives(call(SYS_chdir, args![c"/"]), 0)),
    op("statfs", Never, |_| gives(call(SYS_statfs, args![c"/", &mut [0_u64; 32]]), 0)),
    op("truncate", Never, |_| reaches(call(SYS_truncate, args![c"/sandbox-test-missing", 0]), Errno::ENOENT)),
];

/// What a directory answers itself.
pub(crate) const DIRECTORY: &[Operation] = &[
    op("getdents64", With(&[Rights::READ]), |s| works(call(SYS_getdents64, args![s.fd(), &mut [0_u64; 128], 1024]))),
    op("lseek by 0 from SEEK_CUR", With(&[Rights::SEEK_TELL]), |s| works(call(SYS_lseek, args![s.fd(), 0, SEEK_CUR]))),
    op("lseek to SEEK_SET", With(&[Rights::SEEK]), |s| gives(call(SYS_lseek, args![s.fd(), 0, SEEK_SET]), 0)),
    op("fsync", With(&[Rights::FSYNC]), |s| gives(call(SYS_fsync, args![s.fd()]), 0)),
];
