//! fcntl(2), ioctl(2) and copies of a descriptor.

use rustix::fs::OFlags;
use rustix::io::FdFlags;
use sandbox_policy::Fcntls;
use sandbox_rt::Rights;

use crate::conformance::Permitted::{Always, Command, Never, Request, With};
use crate::conformance::System;
use crate::conformance::operation::{Request as R, comes_through, differ, errno, op, rustix, std, works};
use crate::conformance::{Operation, Permitted};
use crate::sys::{Errno, functions};

const NONBLOCKING: &[Rights] = &[Rights::NONBLOCKING];
const ISATTY: &[Rights] = &[Rights::ISATTY];
const WINSIZE: &[Rights] = &[Rights::WINSIZE];
const COPIES: &str =
    "a Linux filter judges by number, and must know the copy's; FreeBSD's copies have their rights with them";
const ONE_SIZE: &str = "musl asks for the size to find out whether it is a terminal";
/// isatty(3).
const IS_TERMINAL: Permitted = if cfg!(target_env = "musl") {
    Request(R::Tiocgwinsz, &[Rights::WINSIZE, Rights::ISATTY])
} else {
    Request(R::Settings, ISATTY)
};
const SIGNALS: &str = "a Linux filter lets `setfl` change non-blocking and append mode only";

/// What works on every descriptor.
pub(crate) const ANY: &[Operation] = &[
    op("fcntl F_GETFD", Always, |s| rustix(rustix::io::fcntl_getfd(s.file))),
    differ(
        "fcntl F_SETFD",
        Never,
        Always,
        "it matters to programs that execute others, which Linux refuses and no FreeBSD right is about",
        |s| rustix(rustix::io::fcntl_setfd(s.file, FdFlags::CLOEXEC)),
    ),
    differ("fcntl F_DUPFD_CLOEXEC", With(&[Rights::DUP]), Always, COPIES, |s| {
        rustix(rustix::io::fcntl_dupfd_cloexec(s.file, 0))
    }),
    differ("std's try_clone", With(&[Rights::DUP]), Always, COPIES, |s| std(s.file.try_clone())),
    differ("dup", Never, Always, "the Linux filter knows one call for copies, which is what std calls", |s| {
        rustix(rustix::io::dup(s.file))
    }),
    op("fcntl F_GETFL", Command(Fcntls::GETFL, NONBLOCKING), |s| rustix(rustix::fs::fcntl_getfl(s.file))),
    op("ioctl FIONBIO", Request(R::Fionbio, NONBLOCKING), |s| rustix(rustix::io::ioctl_fionbio(s.file, false))),
    op("ioctl FIOCLEX", Request(R::Fioclex, &[]), |s| works(functions::ioctl(s.fd(), R::Fioclex.number(System::HERE)))),
    op("ioctl FIONCLEX", Request(R::Fionclex, &[]), |s| {
        works(functions::ioctl(s.fd(), R::Fionclex.number(System::HERE)))
    }),
];

/// Status flags, of everything but sockets.
pub(crate) const FLAGS: &[Operation] = &[differ(
    "fcntl F_SETFL",
    Command(Fcntls::SETFL, &[]),
    Command(Fcntls::SETFL, NONBLOCKING),
    "`nonblocking` is FIONBIO on Linux; on FreeBSD std sets the flag of all but sockets by F_SETFL",
    |s| rustix(rustix::fs::fcntl_setfl(s.file, OFlags::empty())),
)];

/// Status flags of sockets, which both systems make non-blocking by FIONBIO.
pub(crate) const SOCKET_FLAGS: &[Operation] = &[
    op("fcntl F_SETFL of a socket", Command(Fcntls::SETFL, &[]), |s| {
        rustix(rustix::fs::fcntl_setfl(s.file, OFlags::empty()))
    }),
    differ("fcntl F_SETFL of a socket, with O_ASYNC", Never, Command(Fcntls::SETFL, &[]), SIGNALS, |s| {
        works(functions::set_flags(s.fd(), libc::O_ASYNC))?;
        works(functions::set_flags(s.fd(), 0))
    }),
];

/// What works where the amount of input can be asked for.
pub(crate) const READABLE: &[Operation] =
    &[op("ioctl FIONREAD", Request(R::Fionread, &[]), |s| rustix(rustix::io::ioctl_fionread(s.file)))];

/// What works where signals announce input: pipes, sockets, terminals.
pub(crate) const SIGNALLING: &[Operation] = &[
    op("fcntl F_SETOWN to nobody", Command(Fcntls::SETOWN, &[]), |s| works(functions::set_owner(s.fd()))),
    op("fcntl F_GETOWN", Command(Fcntls::GETOWN, &[]), |s| works(functions::get_owner(s.fd()))),
];

/// Whether it is a terminal, of what is none. What the object answers, which has no such thing, depends on what it is.
pub(crate) const NO_TERMINAL: &[Operation] = &[
    op("ioctl TCGETS/TIOCGETA of what is no terminal", Request(R::Settings, ISATTY), |s| {
        comes_through(functions::ask(s.fd(), R::Settings.number(System::HERE)))
    }),
    differ(
        "tcgetwinsize of what is no terminal",
        Request(R::Tiocgwinsz, &[Rights::WINSIZE, Rights::ISATTY]),
        Request(R::Tiocgwinsz, WINSIZE),
        ONE_SIZE,
        |s| comes_through(rustix::termios::tcgetwinsize(s.file).map_err(errno)),
    ),
];

/// What works on terminals.
pub(crate) const TERMINAL: &[Operation] = &[
    op("ioctl TCGETS/TIOCGETA", Request(R::Settings, ISATTY), |s| {
        works(functions::ask(s.fd(), R::Settings.number(System::HERE)))
    }),
    op("std's is_terminal", IS_TERMINAL, |s| {
        if std::io::IsTerminal::is_terminal(s.file) { Ok(()) } else { Err(functions::said_by_libc(Errno::last())) }
    }),
    differ(
        "tcgetwinsize",
        Request(R::Tiocgwinsz, &[Rights::WINSIZE, Rights::ISATTY]),
        Request(R::Tiocgwinsz, WINSIZE),
        ONE_SIZE,
        |s| rustix(rustix::termios::tcgetwinsize(s.file)),
    ),
];
