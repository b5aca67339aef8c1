//! The arguments of calls: how the kernel reads them, and which values of them are looked at.

/// What a call is given.
#[derive(Debug, Clone, Copy)]
pub struct Arguments(pub [u64; 6]);

#[allow(clippy::cast_possible_truncation, reason = "the kernel looks at the low half of an int")]
impl Arguments {
    /// A descriptor: an int.
    #[must_use]
    pub const fn fd(self, at: usize) -> u32 {
        self.0[at] as u32
    }

    /// Any other int or flag word.
    #[must_use]
    pub const fn int(self, at: usize) -> u32 {
        self.0[at] as u32
    }

    /// Whether nothing is set in a flag word but these bits.
    #[must_use]
    pub const fn only(self, at: usize, bits: u32) -> bool {
        self.int(at) & !bits == 0
    }

    /// Whether a pointer is null: all of it.
    #[must_use]
    pub const fn null(self, at: usize) -> bool {
        self.0[at] == 0
    }

    /// An offset: all of it.
    #[must_use]
    pub const fn offset(self, at: usize) -> i64 {
        self.0[at].cast_signed()
    }
}

/// Which arguments of a call are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checked {
    /// The arguments that hold descriptors.
    pub descriptors: &'static [usize],
    /// Other arguments, each with values that are right in some policy.
    pub values: &'static [(usize, &'static [u64])],
}

const fn on(descriptors: &'static [usize]) -> Checked {
    Checked { descriptors, values: &[] }
}

impl Checked {
    const fn with(self, values: &'static [(usize, &'static [u64])]) -> Self {
        Self { values, ..self }
    }
}

/// −1 as an offset: the file position.
const HERE: u64 = u64::MAX;
/// Some pointer, which is none: nothing can be mapped there.
const THERE: u64 = 0x0dea_dbee_f000_b000;
/// The magic argument of the call that the filter itself answers.
const CANARY: u64 = 0x5a4d_b0c5;
/// Own process number of the declarations, which wrong ones are made from.
const PID: u64 = 4242;

/// Which arguments of the call with this name are looked at, from its manual page.
#[must_use]
#[allow(clippy::match_same_arms, reason = "calls stand together by what they do")]
pub fn checked(name: &str) -> Checked {
    match name {
        "read" | "readv" | "recvfrom" | "getdents64" | "fadvise64" | "pread64" | "preadv" | "write" | "writev"
        | "pwrite64" | "pwritev" | "fsync" | "fdatasync" | "sync_file_range" | "ftruncate" | "fstat" | "fstatfs"
        | "flock" | "fchmod" | "fchown" | "fgetxattr" | "fsetxattr" | "flistxattr" | "fremovexattr" | "mkdirat"
        | "accept" | "listen" | "shutdown" | "getpeername" | "getsockname" | "epoll_wait" | "epoll_pwait"
        | "epoll_pwait2" | "inotify_rm_watch" | "close" => on(&[0]),
        "preadv2" | "pwritev2" => on(&[0]).with(&[(3, &[HERE, 0, 0xffff_ffff]), (5, &[0, 1, 8, 15, 0x10, 0x20])]),
        // MSG_NOSIGNAL, MSG_DONTWAIT, MSG_MORE; MSG_FASTOPEN.
        "sendto" => on(&[0]).with(&[(3, &[0, 0x4000, 0xc040, 0x2000_0000]), (4, &[0, THERE])]),
        "lseek" => on(&[0]).with(&[(1, &[0, 1, 0x1_0000_0000]), (2, &[0, 1, 2, 3, 4])]),
        "fallocate" => on(&[0]).with(&[(1, &[0, 1, 2, 3])]),
        "sendfile" => on(&[0, 1]).with(&[(2, &[0, THERE])]),
        "copy_file_range" => on(&[0, 2]).with(&[(1, &[0, THERE]), (3, &[0, THERE]), (5, &[0, 1])]),
        "splice" => on(&[0, 2]).with(&[(1, &[0, THERE]), (3, &[0, THERE])]),
        "tee" => on(&[0, 1]),
        "utimensat" => on(&[0]).with(&[(1, &[0, THERE]), (3, &[0, 0x100, 0x1000])]),
        // Reading, writing with O_CREAT, O_TRUNC, O_APPEND; O_DIRECTORY of x86 and of Arm; O_SYNC; O_PATH; O_TMPFILE.
        "openat" => on(&[0]).with(&[(
            2,
            &[
                0,
                1,
                2,
                3,
                0o2_000_000,
                0o2_000_101,
                0o2_000_301,
                0o2_001_002,
                0o2_002_001,
                0o2_200_000,
                0o2_040_000,
                0o4_010_001,
                0o1000,
                0o1102,
                0o6102,
                0o10_000_000,
                0o20_200_002,
            ],
        )]),
        "mknodat" => on(&[0]).with(&[(2, &[0, 0x1000, 0x11a4, 0x2000, 0x6000, 0x8000, 0xc000])]),
        "symlinkat" => on(&[1]),
        "unlinkat" => on(&[0]).with(&[(2, &[0, 0x200])]),
        "renameat" => on(&[0, 2]),
        "renameat2" => on(&[0, 2]).with(&[(4, &[0, 1, 2, 4])]),
        "linkat" => on(&[0, 2]).with(&[(4, &[0, 0x400, 0x1000])]),
        "accept4" => on(&[0]).with(&[(3, &[0, 0x800, 0x8_0000, 0x8_0800])]),
        "getsockopt" | "setsockopt" => on(&[0]).with(&[
            (1, &[0, 1, 6, 17, 41, 132, 263]),
            (
                2,
                &[
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 18, 19, 20, 21, 25, 26, 30, 33, 34, 36, 38, 39, 50,
                    62, 66, 67, 76, 77, 83, 102,
                ],
            ),
        ]),
        "epoll_ctl" => on(&[0, 2]).with(&[(1, &[1, 2, 3])]),
        "waitid" => on(&[1]).with(&[(0, &[0, 1, 2, 3])]),
        "ioctl" => on(&[0]).with(&[(
            1,
            &[
                0x5401,
                0x802c_542a,
                0x5413,
                0x5421,
                0x5402,
                0x541b,
                0x5412,
                0x541c,
                0x5441,
                0x4004_9409,
                0x4020_940d,
                0xc018_9436,
                0x894c,
                0xb701,
                0xff0b,
            ],
        )]),
        "fcntl" => on(&[0]).with(&[
            (1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 36, 37, 38, 1024, 1030, 1031, 1033]),
            (2, &[0, PID, 0x400, 0x800, 0xc00, 0x402, 0x8c02, 0x2000, 0x4000, 0x4_0c01]),
        ]),
        "mmap" => on(&[4]).with(&[(2, &[0, 1, 2, 3, 4]), (3, &[0x22, 0x21, 0x23, 0x20, 0, 1, 2, 3, 0x4022])]),
        "mprotect" | "pkey_mprotect" => on(&[]).with(&[(2, &[0, 1, 3, 4, 0x0100_0000, 0x0200_0000])]),
        "madvise" => on(&[]).with(&[(2, &[0, 4, 8, 25, 26, 100, 101, 102, 103, 104])]),
        // PR_SET_NAME and PR_SET_VMA, and the neighbours that would widen something.
        "prctl" => on(&[]).with(&[(0, &[15, 0x5356_4d41, 4, 22, 38, 35, 59, 65]), (1, &[0, 1, THERE])]),
        "rt_sigaction" => on(&[]).with(&[(0, &[0, 1, 6, 11, 30, 31, 32, 64, 65])]),
        "tgkill" | "tkill" | "kill" => on(&[]).with(&[(0, &[PID, 0, 1, 4241, u64::MAX])]),
        "clock_gettime" | "clock_getres" | "clock_nanosleep" => {
            on(&[]).with(&[(0, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 0xffff_ffca])])
        }
        "sched_getaffinity" => on(&[]).with(&[(0, &[0, 1, PID])]),
        "prlimit64" => on(&[]).with(&[(0, &[0, 1, PID]), (1, &[3, 7]), (2, &[0, THERE])]),
        "clone" => on(&[]).with(&[(0, &[0x5_0f00, 0x3d_0f00, 0x7d_0f00, 0x11, 0x4111, 0x1005_0f00, 0x5_0f11])]),
        // And the inert descriptor's number in the first.
        "dup3" => on(&[1]).with(&[(0, &[]), (2, &[0, 0x8_0000])]),
        "newfstatat" => on(&[0]).with(&[(1, &[0, THERE]), (3, &[0, 0x100, 0x1000])]),
        "getppid" => on(&[]).with(&[(0, &[CANARY])]),
        // Whatever else names a descriptor does so in the first argument.
        _ => on(&[0]),
    }
}
