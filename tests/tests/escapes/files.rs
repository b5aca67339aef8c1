//! Files by their paths, and descriptors used against their rights.

use std::os::fd::AsRawFd as _;

use libc::c_int;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::attempt::Attempt;
use crate::world::Under;

const PASSWD: &std::ffi::CStr = c"/etc/passwd";
const HERE: c_int = libc::AT_FDCWD;
const ENOSYS: &[Errno] = &[Errno::ENOSYS];

/// Paths, without a directory that is declared.
pub(crate) fn by_path() -> Vec<Attempt> {
    vec![
        Attempt::new("open", |_| call(libc::SYS_open, args![PASSWD, libc::O_RDONLY])),
        Attempt::new("openat", |_| call(libc::SYS_openat, args![HERE, PASSWD, libc::O_RDONLY])),
        Attempt::new("openat from a file", |w| {
            call(libc::SYS_openat, args![w.input.as_raw_fd(), PASSWD, libc::O_RDONLY])
        }),
        Attempt::new("openat2", |_| {
            let how = [0_u64; 3];
            call(libc::SYS_openat2, args![HERE, PASSWD, &how, 24])
        })
        .with(ENOSYS),
        Attempt::new("open without access", |_| call(libc::SYS_openat, args![HERE, PASSWD, libc::O_PATH])),
        Attempt::new("creat", |_| {
            let path = scratch("created");
            call(libc::SYS_creat, args![path.as_c_str(), 0o600])
        }),
        Attempt::new("open an unnamed file", |_| {
            let path = scratch("");
            call(libc::SYS_openat, args![HERE, path.as_c_str(), libc::O_TMPFILE | libc::O_RDWR, 0o600])
        }),
        Attempt::new("open itself by proc", |w| {
            let path = own(w.input.as_raw_fd());
            call(libc::SYS_openat, args![HERE, path.as_c_str(), libc::O_RDWR])
        }),
        Attempt::new("open its own memory", |_| call(libc::SYS_openat, args![HERE, c"/proc/self/mem", libc::O_RDWR])),
        Attempt::new("stat", |_| call(libc::SYS_stat, args![PASSWD, &mut [0_u64; 64]])),
        Attempt::new("newfstatat", |_| call(libc::SYS_newfstatat, args![HERE, PASSWD, &mut [0_u64; 64], 0])),
        Attempt::new("statx", |_| call(libc::SYS_statx, args![HERE, PASSWD, 0, libc::STATX_ALL, &mut [0_u64; 64]]))
            .with(ENOSYS),
        Attempt::new("statfs", |_| call(libc::SYS_statfs, args![PASSWD, &mut [0_u64; 64]])),
        Attempt::new("access", |_| call(libc::SYS_access, args![PASSWD, libc::R_OK])),
        Attempt::new("faccessat2", |_| call(libc::SYS_faccessat2, args![HERE, PASSWD, libc::R_OK, 0])),
        Attempt::new("readlink", |_| call(libc::SYS_readlink, args![c"/proc/self/exe", &mut [0_u8; 256], 256])),
        Attempt::new("getcwd", |_| call(libc::SYS_getcwd, args![&mut [0_u8; 4096], 4096])),
        Attempt::new("chdir", |_| call(libc::SYS_chdir, args![c"/"])),
        Attempt::new("fchdir", |w| call(libc::SYS_fchdir, args![w.directory.as_raw_fd()])),
        Attempt::new("mkdir", |_| call(libc::SYS_mkdir, args![scratch("new").as_c_str(), 0o700])),
        Attempt::new("unlink", |_| call(libc::SYS_unlink, args![scratch("held").as_c_str()])),
        Attempt::new("rename", |_| {
            call(libc::SYS_rename, args![scratch("held").as_c_str(), scratch("moved").as_c_str()])
        }),
        Attempt::new("link", |_| call(libc::SYS_link, args![scratch("held").as_c_str(), scratch("linked").as_c_str()])),
        Attempt::new("give a descriptor a name", |w| {
            let named = scratch("named");
            let path = own(w.held.as_raw_fd());
            call(libc::SYS_linkat, args![HERE, path.as_c_str(), HERE, named.as_c_str(), libc::AT_SYMLINK_FOLLOW])
        }),
        Attempt::new("symlink", |_| call(libc::SYS_symlink, args![c"/", scratch("symlink").as_c_str()])),
        Attempt::new("mknod", |_| call(libc::SYS_mknod, args![scratch("fifo").as_c_str(), libc::S_IFIFO | 0o600, 0])),
        Attempt::new("chmod", |_| call(libc::SYS_chmod, args![scratch("held").as_c_str(), 0o4755])),
        Attempt::new("fchmodat2 of a descriptor", |w| {
            call(libc::SYS_fchmodat2, args![w.held.as_raw_fd(), c"", 0o4755, libc::AT_EMPTY_PATH])
        }),
        Attempt::new("chown", |_| call(libc::SYS_chown, args![scratch("held").as_c_str(), -1, -1])),
        Attempt::new("truncate", |_| call(libc::SYS_truncate, args![scratch("held").as_c_str(), 0])),
        Attempt::new("utimensat", |_| call(libc::SYS_utimensat, args![HERE, scratch("held").as_c_str(), 0, 0])),
        Attempt::new("setxattr", |_| {
            call(libc::SYS_setxattr, args![scratch("held").as_c_str(), c"user.mine", b"x", 1, 0])
        }),
        Attempt::new("open tree", |w| call(libc::SYS_open_tree, args![w.held.as_raw_fd(), c"", libc::AT_EMPTY_PATH])),
        Attempt::new("name to handle", |_| {
            let mut handle = [0_u32; 36];
            handle[0] = 128;
            call(libc::SYS_name_to_handle_at, args![HERE, PASSWD, &mut handle, &mut [0_i32; 1], 0])
        }),
        Attempt::new("watch a path", |w| {
            // A notification instance that the process had before it was confined would do as well.
            let instance = call(libc::SYS_inotify_init1, args![0]).unwrap_or(w.held.as_raw_fd().into());
            call(libc::SYS_inotify_add_watch, args![instance, PASSWD, libc::IN_ACCESS])
        }),
        Attempt::new("execve", |_| call(libc::SYS_execve, args![c"/bin/true", &[0_usize; 1], &[0_usize; 1]])),
        Attempt::new("execveat of a descriptor", |_| {
            let program = call(libc::SYS_openat, args![HERE, c"/bin/true", libc::O_PATH]).unwrap_or(0);
            call(libc::SYS_execveat, args![program, c"", &[0_usize; 1], &[0_usize; 1], libc::AT_EMPTY_PATH])
        }),
    ]
}

/// Descriptors used against their rights.
pub(crate) fn by_descriptor() -> Vec<Attempt> {
    vec![
        Attempt::new("read what may be written", |w| call(libc::SYS_read, args![w.out.as_raw_fd(), &mut [0_u8; 8], 8])),
        Attempt::new("write what may be read", |w| call(libc::SYS_write, args![w.input.as_raw_fd(), b"mine", 4])),
        Attempt::new("read what is held", |w| call(libc::SYS_read, args![w.held.as_raw_fd(), &mut [0_u8; 8], 8])),
        Attempt::new("write what is held", |w| call(libc::SYS_write, args![w.held.as_raw_fd(), b"mine", 4])),
        Attempt::new("read what is not declared", |w| {
            call(libc::SYS_read, args![w.undeclared.as_raw_fd(), &mut [0_u8; 8], 8])
        }),
        Attempt::new("write what is not declared", |w| {
            call(libc::SYS_write, args![w.undeclared.as_raw_fd(), b"mine", 4])
        }),
        Attempt::new("read vectors", |w| call(libc::SYS_readv, args![w.out.as_raw_fd(), &vector(&mut [0; 8]), 1])),
        Attempt::new("write vectors", |w| call(libc::SYS_writev, args![w.input.as_raw_fd(), &vector(&mut [0; 8]), 1])),
        Attempt::new("read at a position", |w| {
            call(libc::SYS_pread64, args![w.input.as_raw_fd(), &mut [0_u8; 8], 8, 1])
        }),
        Attempt::new("write at a position", |w| call(libc::SYS_pwrite64, args![w.out.as_raw_fd(), b"mine", 4, 1])),
        Attempt::new("read vectors at a position", |w| {
            call(libc::SYS_preadv2, args![w.input.as_raw_fd(), &vector(&mut [0; 8]), 1, 1, 0, 0])
        }),
        Attempt::new("write vectors at a position", |w| {
            call(libc::SYS_pwritev2, args![w.out.as_raw_fd(), &vector(&mut [0; 8]), 1, 1, 0, 0])
        }),
        Attempt::new("append whatever the position", |w| {
            const RWF_APPEND: c_int = 0x10;
            call(libc::SYS_pwritev2, args![w.out.as_raw_fd(), &vector(&mut [0; 8]), 1, -1, -1, RWF_APPEND])
        }),
        Attempt::new("move the position", |w| call(libc::SYS_lseek, args![w.input.as_raw_fd(), 1, libc::SEEK_SET])),
        Attempt::new("ask for the position", |w| call(libc::SYS_lseek, args![w.input.as_raw_fd(), 0, libc::SEEK_CUR])),
        Attempt::new("stat a descriptor", |w| call(libc::SYS_fstat, args![w.input.as_raw_fd(), &mut [0_u64; 64]])),
        Attempt::new("stat a descriptor by an empty path", |w| {
            let flags = libc::AT_EMPTY_PATH;
            call(libc::SYS_newfstatat, args![w.input.as_raw_fd(), c"", &mut [0_u64; 64], flags])
        }),
        Attempt::new("set the size", |w| call(libc::SYS_ftruncate, args![w.out.as_raw_fd(), 0])),
        Attempt::new("reserve space", |w| call(libc::SYS_fallocate, args![w.out.as_raw_fd(), 0, 0, 4096])),
        Attempt::new("change the mode", |w| call(libc::SYS_fchmod, args![w.out.as_raw_fd(), 0o4755])),
        Attempt::new("change the owner", |w| call(libc::SYS_fchown, args![w.out.as_raw_fd(), -1, -1])),
        Attempt::new("change the times", |w| call(libc::SYS_utimensat, args![w.out.as_raw_fd(), 0, 0, 0])),
        Attempt::new("set an attribute", |w| {
            call(libc::SYS_fsetxattr, args![w.out.as_raw_fd(), c"user.mine", b"x", 1, 0])
        }),
        Attempt::new("lock it", |w| call(libc::SYS_flock, args![w.out.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB])),
        Attempt::new("lock a part of it", |w| {
            let lock = [1_u64, 0, 0, 0];
            call(libc::SYS_fcntl, args![w.out.as_raw_fd(), libc::F_OFD_SETLK, &lock])
        }),
        Attempt::new("make it durable", |w| call(libc::SYS_fsync, args![w.out.as_raw_fd()])),
        Attempt::new("ask for its flags", |w| call(libc::SYS_fcntl, args![w.out.as_raw_fd(), libc::F_GETFL])),
        Attempt::new("set its flags", |w| {
            call(libc::SYS_fcntl, args![w.out.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK])
        }),
        Attempt::new("keep it across exec", |w| call(libc::SYS_fcntl, args![w.out.as_raw_fd(), libc::F_SETFD, 0])),
        Attempt::new("have it signal", |w| call(libc::SYS_fcntl, args![w.stream.as_raw_fd(), libc::F_SETOWN, w.pid])),
        Attempt::new("make it not block", |w| {
            call(libc::SYS_ioctl, args![w.stream.as_raw_fd(), libc::FIONBIO, &[1_i32]])
        }),
        Attempt::new("ask how much there is", |w| {
            call(libc::SYS_ioctl, args![w.input.as_raw_fd(), libc::FIONREAD, &mut [0_i32]])
        }),
        Attempt::new("list a directory", |w| {
            call(libc::SYS_getdents64, args![w.directory.as_raw_fd(), &mut [0_u64; 512], 4096])
        })
        .not_under(&[Under::Directory]),
        Attempt::new("read ahead", |w| call(libc::SYS_readahead, args![w.input.as_raw_fd(), 0, 4096])),
    ]
}

/// Calls with two descriptors, of which one lacks the right.
pub(crate) fn with_two_descriptors() -> Vec<Attempt> {
    vec![
        Attempt::new("sendfile from what may not be read", |w| {
            call(libc::SYS_sendfile, args![w.out.as_raw_fd(), w.held.as_raw_fd(), 0, 8])
        }),
        Attempt::new("sendfile to what may not be written", |w| {
            call(libc::SYS_sendfile, args![w.held.as_raw_fd(), w.input.as_raw_fd(), 0, 8])
        }),
        Attempt::new("sendfile the wrong way round", |w| {
            call(libc::SYS_sendfile, args![w.input.as_raw_fd(), w.out.as_raw_fd(), 0, 8])
        }),
        Attempt::new("sendfile from a position", |w| {
            call(libc::SYS_sendfile, args![w.out.as_raw_fd(), w.input.as_raw_fd(), &mut [1_u64], 8])
        }),
        Attempt::new("copy from what may not be read", |w| {
            call(libc::SYS_copy_file_range, args![w.held.as_raw_fd(), 0, w.out.as_raw_fd(), 0, 8, 0])
        }),
        Attempt::new("copy to what may not be written", |w| {
            call(libc::SYS_copy_file_range, args![w.input.as_raw_fd(), 0, w.held.as_raw_fd(), 0, 8, 0])
        }),
        Attempt::new("copy to a position", |w| {
            call(libc::SYS_copy_file_range, args![w.input.as_raw_fd(), 0, w.out.as_raw_fd(), &mut [1_u64], 8, 0])
        }),
        Attempt::new("copy from a position", |w| {
            call(libc::SYS_copy_file_range, args![w.input.as_raw_fd(), &mut [1_u64], w.out.as_raw_fd(), 0, 8, 0])
        }),
        Attempt::new("splice from what may not be read", |w| {
            call(libc::SYS_splice, args![w.pipes[1].0.as_raw_fd(), 0, w.out.as_raw_fd(), 0, 1, 0])
        }),
        Attempt::new("splice to what may not be written", |w| {
            call(libc::SYS_splice, args![w.input.as_raw_fd(), 0, w.pipes[0].1.as_raw_fd(), 0, 1, 0])
        }),
        Attempt::new("splice from a position", |w| {
            call(libc::SYS_splice, args![w.input.as_raw_fd(), &mut [1_u64], w.pipes[1].1.as_raw_fd(), 0, 1, 0])
        }),
        Attempt::new("splice to a position", |w| {
            call(libc::SYS_splice, args![w.pipes[0].0.as_raw_fd(), 0, w.out.as_raw_fd(), &mut [1_u64], 1, 0])
        }),
        // Both ends have their rights; the call is granted by none.
        Attempt::new("tee", |w| call(libc::SYS_tee, args![w.pipes[0].0.as_raw_fd(), w.pipes[1].1.as_raw_fd(), 1, 0])),
        Attempt::new("vmsplice", |w| {
            call(libc::SYS_vmsplice, args![w.pipes[1].1.as_raw_fd(), &vector(&mut [0; 8]), 1, 0])
        }),
    ]
}

fn vector(buffer: &mut [u8]) -> [usize; 2] {
    [buffer.as_mut_ptr().expose_provenance(), buffer.len()]
}

/// A path in the case's folder.
fn scratch(name: &str) -> std::ffi::CString {
    let path = sandbox_tests::scratch::path(name);
    std::ffi::CString::new(path.into_os_string().into_encoded_bytes()).expect("a path")
}

/// The path of a descriptor in procfs.
fn own(number: c_int) -> std::ffi::CString {
    std::ffi::CString::new(format!("/proc/self/fd/{number}")).expect("a path")
}
