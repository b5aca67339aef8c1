//! The system calls that capability mode refuses or that need a right (sys/syscall.h, capabilities.conf), for the line
//! that explains a refusal. Nothing is enforced by this table: the kernel does that.

use crate::Rights;

/// A system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Its number; the same on every architecture.
    pub number: u32,
    /// Its name.
    pub name: &'static str,
    /// What its arguments name.
    pub names: Names,
    /// The right that permits it; none if it depends on more than the call, or nothing can.
    pub right: Rights,
    /// std, libc and allocators try it and go on without it: no word about it, and no end by it.
    pub survived: bool,
}

/// What the arguments of a call name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The first is a descriptor.
    Descriptor,
    /// A path at this argument.
    Path(u8),
    /// A directory's descriptor at the first argument, a path at the second.
    PathAt(u8, u8),
    /// The first is a descriptor, another one an address.
    Address,
    /// Another process or an object of the whole system.
    Global,
}

/// The indirect calls: the number of the real one is their first argument.
pub const INDIRECT: [u32; 2] = [0, 198];

/// The call with this number.
#[must_use]
pub fn find(number: u32) -> Option<&'static Call> {
    CALLS.binary_search_by_key(&number, |call| call.number).ok().map(|place| &CALLS[place])
}

/// Every call of the table, by number.
#[must_use]
pub fn all() -> &'static [Call] {
    CALLS
}

const fn call(number: u32, name: &'static str, names: Names, right: Rights) -> Call {
    Call { number, name, names, right, survived: false }
}

/// A call on its first argument, a descriptor that needs this right.
const fn on(number: u32, name: &'static str, right: Rights) -> Call {
    call(number, name, Names::Descriptor, right)
}

/// A call with a path that starts at the working directory.
const fn path(number: u32, name: &'static str) -> Call {
    call(number, name, Names::Path(0), Rights::NONE)
}

/// A call with a path that starts at a directory's descriptor, which needs this right.
const fn at(number: u32, name: &'static str, right: Rights) -> Call {
    call(number, name, Names::PathAt(0, 1), Rights::LOOKUP.union(right))
}

const fn address(number: u32, name: &'static str, right: Rights) -> Call {
    call(number, name, Names::Address, right)
}

const fn global(number: u32, name: &'static str) -> Call {
    call(number, name, Names::Global, Rights::NONE)
}

impl Call {
    const fn survived(self) -> Self {
        Self { survived: true, ..self }
    }
}

#[rustfmt::skip]
const CALLS: &[Call] = &[
    on(3, "read", Rights::READ),
    on(4, "write", Rights::WRITE),
    path(5, "open"),
    global(7, "wait4"),
    path(9, "link"),
    path(10, "unlink"),
    path(12, "chdir"),
    on(13, "fchdir", Rights::NONE),
    path(15, "chmod"),
    path(16, "chown"),
    global(26, "ptrace"),
    on(27, "recvmsg", Rights::READ),
    address(28, "sendmsg", Rights::WRITE),
    on(29, "recvfrom", Rights::READ),
    on(30, "accept", Rights::ACCEPT),
    on(31, "getpeername", Rights::GETPEERNAME),
    on(32, "getsockname", Rights::GETSOCKNAME),
    path(33, "access"),
    on(35, "fchflags", Rights::FCHFLAGS),
    global(37, "kill"),
    on(54, "ioctl", Rights::IOCTL).survived(),
    path(57, "symlink"),
    path(58, "readlink").survived(),
    path(59, "execve"),
    global(66, "vfork"),
    on(92, "fcntl", Rights::FCNTL).survived(),
    on(95, "fsync", Rights::FSYNC),
    global(97, "socket"),
    address(98, "connect", Rights::NONE),
    address(104, "bind", Rights::NONE),
    on(105, "setsockopt", Rights::SETSOCKOPT),
    on(106, "listen", Rights::LISTEN),
    on(118, "getsockopt", Rights::GETSOCKOPT),
    on(120, "readv", Rights::READ),
    on(121, "writev", Rights::WRITE),
    on(123, "fchown", Rights::FCHOWN),
    on(124, "fchmod", Rights::FCHMOD),
    path(128, "rename"),
    on(131, "flock", Rights::FLOCK),
    path(132, "mkfifo"),
    address(133, "sendto", Rights::WRITE),
    on(134, "shutdown", Rights::SHUTDOWN),
    path(136, "mkdir"),
    path(137, "rmdir"),
    path(138, "utimes"),
    path(188, "stat"),
    on(189, "fstat", Rights::FSTAT).survived(),
    path(190, "lstat"),
    path(191, "pathconf"),
    on(192, "fpathconf", Rights::FPATHCONF),
    on(206, "futimes", Rights::FUTIMES),
    global(244, "clock_nanosleep"),
    // By which posix_spawn(3), and std with it, starts programs.
    global(251, "rfork"),
    on(289, "preadv", Rights::PREAD),
    on(290, "pwritev", Rights::PWRITE),
    path(326, "getcwd").survived(),
    on(371, "extattr_set_fd", Rights::EXTATTR_SET),
    on(372, "extattr_get_fd", Rights::EXTATTR_GET),
    on(373, "extattr_delete_fd", Rights::EXTATTR_DELETE),
    on(393, "sendfile", Rights::PREAD),
    on(437, "extattr_list_fd", Rights::EXTATTR_LIST),
    on(475, "pread", Rights::PREAD),
    on(476, "pwrite", Rights::PWRITE),
    global(477, "mmap"),
    on(478, "lseek", Rights::SEEK).survived(),
    path(479, "truncate"),
    on(480, "ftruncate", Rights::FTRUNCATE),
    global(482, "shm_open"),
    // libthr asks for the processors of a new thread by its number (pthread_attr_get_np(3), by which std finds the stack's
    // end); not every kernel answers that in capability mode.
    global(487, "cpuset_getaffinity").survived(),
    at(489, "faccessat", Rights::FSTAT),
    at(490, "fchmodat", Rights::FCHMOD),
    at(491, "fchownat", Rights::FCHOWN),
    on(492, "fexecve", Rights::FEXECVE),
    at(493, "fstatat", Rights::FSTAT),
    at(494, "futimesat", Rights::FUTIMES),
    at(495, "linkat", Rights::LINKAT_SOURCE),
    at(496, "mkdirat", Rights::MKDIRAT),
    at(497, "mkfifoat", Rights::MKFIFOAT),
    at(498, "mknodat", Rights::MKNODAT),
    at(499, "openat", Rights::NONE),
    at(500, "readlinkat", Rights::NONE),
    at(501, "renameat", Rights::RENAMEAT_SOURCE),
    call(502, "symlinkat", Names::PathAt(1, 2), Rights::LOOKUP.union(Rights::SYMLINKAT)),
    at(503, "unlinkat", Rights::UNLINKAT),
    on(519, "pdkill", Rights::PDKILL),
    on(520, "pdgetpid", Rights::PDGETPID),
    on(530, "posix_fallocate", Rights::PWRITE),
    address(538, "bindat", Rights::NONE),
    address(539, "connectat", Rights::NONE),
    at(540, "chflagsat", Rights::FCHFLAGS),
    on(541, "accept4", Rights::ACCEPT),
    on(546, "futimens", Rights::FUTIMES),
    at(547, "utimensat", Rights::FUTIMES),
    on(550, "fdatasync", Rights::FSYNC),
    on(551, "fstat", Rights::FSTAT).survived(),
    at(552, "fstatat", Rights::FSTAT),
    on(554, "getdirentries", Rights::READ),
    path(555, "statfs"),
    on(556, "fstatfs", Rights::FSTATFS),
    at(559, "mknodat", Rights::MKNODAT),
    on(560, "kevent", Rights::NONE),
    // What mimalloc asks where memory is in several domains.
    global(561, "cpuset_getdomain").survived(),
    at(568, "funlinkat", Rights::UNLINKAT),
    on(569, "copy_file_range", Rights::READ).survived(),
    global(571, "shm_open2"),
    call(574, "realpathat", Names::PathAt(0, 1), Rights::LOOKUP),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_by_their_numbers() {
        assert!(CALLS.windows(2).all(|pair| pair[0].number < pair[1].number));
        for call in CALLS {
            assert_eq!(find(call.number), Some(call));
        }
        assert_eq!(find(499).map(|call| call.name), Some("openat"));
        assert_eq!(find(0), None);
    }
}
