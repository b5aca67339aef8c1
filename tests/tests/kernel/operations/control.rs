//! fcntl(2), ioctl(2) and copies of a descriptor.

use std::io::IsTerminal as _;
use std::os::fd::{AsFd as _, AsRawFd as _};

use libc::*;
use sandbox_policy::Fcntls;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::functions::said_by_libc;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{Always, Command, Never, Request, With};
use crate::operation::{Operation, Permitted, gives, op, reaches, std, works};

const DUP: &[Rights] = &[Rights::DUP];
const NONBLOCKING: &[Rights] = &[Rights::NONBLOCKING];
const ISATTY: &[Rights] = &[Rights::ISATTY];
/// isatty(3).
const IS_TERMINAL: Permitted = if cfg!(target_env = "musl") {
    Request(request::TIOCGWINSZ, &[Rights::ISATTY, Rights::WINSIZE])
} else {
    Request(request::TCGETS, ISATTY)
};
const F_GETSIG: i32 = 11;
const F_SETSIG: i32 = 10;
const F_GETOWN_EX: i32 = 16;
const F_DUPFD_QUERY: i32 = 1027;

/// Numbers of requests, as declarations list them.
pub(crate) mod request {
    pub(crate) const TCGETS: u32 = 0x5401;
    pub(crate) const TIOCGWINSZ: u32 = 0x5413;
    pub(crate) const TIOCSWINSZ: u32 = 0x5414;
    pub(crate) const FIONREAD: u32 = 0x541b;
    pub(crate) const FIONBIO: u32 = 0x5421;
    pub(crate) const FIONCLEX: u32 = 0x5450;
    pub(crate) const FIOCLEX: u32 = 0x5451;
    pub(crate) const FIOASYNC: u32 = 0x5452;
}

/// Declarations of lists that go with these operations.
pub(crate) const DECLARATIONS: &[&str] = &[
    "hold",
    "ioctl(0x541b)",
    "ioctl(0x5421)",
    "ioctl(0x5450, 0x5451)",
    "fcntl(getfl)",
    "fcntl(setfl)",
    "fcntl(getown)",
    "fcntl(setown)",
    "fcntl(getfl, setfl, getown, setown)",
];

/// What works on every descriptor.
pub(crate) const ANY: &[Operation] = &[
    op("fcntl F_GETFD", Always, |s| works(call(SYS_fcntl, args![s.fd(), F_GETFD]))),
    op("fcntl F_SETFD", Never, |s| works(call(SYS_fcntl, args![s.fd(), F_SETFD, FD_CLOEXEC]))),
    op("fcntl F_GETFL", Command(Fcntls::GETFL, NONBLOCKING), |s| works(call(SYS_fcntl, args![s.fd(), F_GETFL]))),
    op("fcntl F_SETFL with O_NONBLOCK", Command(Fcntls::SETFL, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, O_NONBLOCK]), 0)
    }),
    op("fcntl F_SETFL with O_ASYNC", Never, |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, O_ASYNC]), 0)?;
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, 0]), 0)
    }),
    op("fcntl F_SETFL with nothing", Command(Fcntls::SETFL, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, 0]), 0)
    }),
    op("fcntl F_SETOWN to this process", Command(Fcntls::SETOWN, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETOWN, std::process::id()]), 0)
    }),
    op("fcntl F_GETOWN", Command(Fcntls::GETOWN, &[]), |s| works(call(SYS_fcntl, args![s.fd(), F_GETOWN]))),
    op("fcntl F_GETOWN_EX", Command(Fcntls::GETOWN, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_GETOWN_EX, &mut [0_i32; 2]]), 0)
    }),
    op("fcntl F_SETOWN to another process", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_SETOWN, 1]), 0)),
    op("fcntl F_SETOWN to a group", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_SETOWN, -1]), 0)),
    op("fcntl F_SETOWN to nobody", Command(Fcntls::SETOWN, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETOWN, 0]), 0)
    }),
    op("fcntl F_SETSIG", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_SETSIG, 0]), 0)),
    op("fcntl F_GETSIG", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_GETSIG]), 0)),
    op("fcntl F_DUPFD_QUERY", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_DUPFD_QUERY, s.fd()]), 1)),
    op("dup", Never, |s| close(call(SYS_dup, args![s.fd()]))),
    #[cfg(target_arch = "x86_64")]
    op("dup2", Never, |s| close(call(SYS_dup2, args![s.fd(), 200]))),
    op("dup3", Never, |s| close(call(SYS_dup3, args![s.fd(), 200, 0]))),
    op("fcntl F_DUPFD", With(DUP), |s| close(call(SYS_fcntl, args![s.fd(), F_DUPFD, 0]))),
    op("fcntl F_DUPFD_CLOEXEC", With(DUP), |s| close(call(SYS_fcntl, args![s.fd(), F_DUPFD_CLOEXEC, 0]))),
    op("std's try_clone", With(DUP), |s| {
        std(s.file.as_fd().try_clone_to_owned().map(|copy| {
            assert!(copy.as_raw_fd() > s.fd(), "a copy gets a number above the pinned ones");
        }))
    }),
    op("ioctl FIONBIO", Request(request::FIONBIO, NONBLOCKING), |s| {
        gives(call(SYS_ioctl, args![s.fd(), request::FIONBIO, &[0_i32]]), 0)
    }),
    op("ioctl FIONCLEX", Request(request::FIONCLEX, &[]), |s| {
        gives(call(SYS_ioctl, args![s.fd(), request::FIONCLEX]), 0)
    }),
    op("ioctl FIOCLEX", Request(request::FIOCLEX, &[]), |s| gives(call(SYS_ioctl, args![s.fd(), request::FIOCLEX]), 0)),
];

fn close(minted: Result<i64, Errno>) -> Result<(), Errno> {
    gives(call(SYS_close, args![minted?]), 0)
}

/// What works where signals announce input: pipes, sockets, terminals.
pub(crate) const SIGNALLING: &[Operation] = &[
    op("ioctl FIOASYNC", Never, |s| gives(call(SYS_ioctl, args![s.fd(), request::FIOASYNC, &[0_i32]]), 0)),
    // Their file systems have nothing to write out, so that this costs no time.
    op("syncfs", Never, |s| gives(call(SYS_syncfs, args![s.fd()]), 0)),
];

/// What works where the amount of input can be asked for.
pub(crate) const READABLE: &[Operation] = &[op("ioctl FIONREAD", Request(request::FIONREAD, &[]), |s| {
    gives(call(SYS_ioctl, args![s.fd(), request::FIONREAD, &mut [0_i32]]), 0)
})];

/// Whether it is a terminal, of what is none.
pub(crate) const NO_TERMINAL: &[Operation] = &[
    op("ioctl TCGETS", Request(request::TCGETS, ISATTY), |s| {
        reaches(call(SYS_ioctl, args![s.fd(), request::TCGETS, &mut [0_u8; 64]]), Errno::ENOTTY)
    }),
    op("ioctl TIOCGWINSZ", Request(request::TIOCGWINSZ, &[Rights::ISATTY, Rights::WINSIZE]), |s| {
        reaches(call(SYS_ioctl, args![s.fd(), request::TIOCGWINSZ, &mut [0_u16; 4]]), Errno::ENOTTY)
    }),
];

/// What works on terminals.
pub(crate) const TERMINAL: &[Operation] =
    &[
        op("ioctl TCGETS", Request(request::TCGETS, ISATTY), |s| {
            gives(call(SYS_ioctl, args![s.fd(), request::TCGETS, &mut [0_u8; 64]]), 0)
        }),
        op("std's is_terminal", IS_TERMINAL, |s| {
            if s.file.is_terminal() { Ok(()) } else { Err(said_by_libc(Errno::last())) }
        }),
        op("ioctl TIOCGWINSZ", Request(request::TIOCGWINSZ, &[Rights::ISATTY, Rights::WINSIZE]), |s| {
            gives(call(SYS_ioctl, args![s.fd(), request::TIOCGWINSZ, &mut [0_u16; 4]]), 0)
        }),
        op("ioctl TIOCSWINSZ", Request(request::TIOCSWINSZ, &[]), |s| {
            gives(call(SYS_ioctl, args![s.fd(), request::TIOCSWINSZ, &[24_u16, 80, 0, 0]]), 0)
        }),
        op("ioctl TIOCEXCL", Never, |s| {
            gives(call(SYS_ioctl, args![s.fd(), TIOCEXCL]), 0)?;
            gives(call(SYS_ioctl, args![s.fd(), TIOCNXCL]), 0)
        }),
        op("ioctl TCFLSH", Never, |s| gives(call(SYS_ioctl, args![s.fd(), TCFLSH, TCOFLUSH]), 0)),
    ];

/// What works on the other side of a pseudo-terminal: it opens this side, and mints a descriptor.
pub(crate) const TERMINAL_MASTER: &[Operation] =
    &[op("ioctl TIOCGPTPEER", Never, |s| close(call(SYS_ioctl, args![s.fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY])))];

/// What works on pipes.
pub(crate) const PIPE: &[Operation] = &[
    op("fcntl F_GETPIPE_SZ", Never, |s| works(call(SYS_fcntl, args![s.fd(), F_GETPIPE_SZ]))),
    op("fcntl F_SETPIPE_SZ", Never, |s| works(call(SYS_fcntl, args![s.fd(), F_SETPIPE_SZ, 65536]))),
];
