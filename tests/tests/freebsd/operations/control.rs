//! fcntl(2), ioctl(2) and copies of a descriptor.

use rustix::fs::OFlags;
use rustix::io::FdFlags;
use sandbox_policy::Fcntls;
use sandbox_policy::freebsd::ioctl::{FIONBIO, TIOCGETA, TIOCGWINSZ};
use sandbox_rt::Rights;
use sandbox_tests::sys::Errno;

use crate::operation::Permitted::{Always, Command, Request};
use crate::operation::{Operation, comes_through, op, rustix, works};
use crate::sys;

const NONBLOCKING: &[Rights] = &[Rights::NONBLOCKING];
const ISATTY: &[Rights] = &[Rights::ISATTY];
const WINSIZE: &[Rights] = &[Rights::WINSIZE];

/// `FIONREAD`, `FIOCLEX`, `FIONCLEX` (sys/filio.h).
const FIONREAD: u32 = 0x4004_667f;
const FIOCLEX: u32 = 0x2000_6601;
const FIONCLEX: u32 = 0x2000_6602;

/// Declarations of lists that go with these operations.
pub(crate) const DECLARATIONS: &[&str] = &[
    "hold",
    "ioctl(0x8004667e)",
    "ioctl(0x4004667f)",
    "ioctl(0x20006601, 0x20006602)",
    "fcntl(getfl)",
    "fcntl(setfl)",
    "fcntl(getfl, setfl)",
    "read + fcntl(getfl) + ioctl(0x4004667f)",
];

/// What works on every descriptor.
pub(crate) const ANY: &[Operation] = &[
    op("fcntl F_GETFD", Always, |s| rustix(rustix::io::fcntl_getfd(s.file))),
    op("fcntl F_SETFD", Always, |s| rustix(rustix::io::fcntl_setfd(s.file, FdFlags::CLOEXEC))),
    op("fcntl F_DUPFD_CLOEXEC", Always, |s| rustix(rustix::io::fcntl_dupfd_cloexec(s.file, 0))),
    op("dup", Always, |s| rustix(rustix::io::dup(s.file))),
    op("fcntl F_GETFL", Command(Fcntls::GETFL, NONBLOCKING), |s| rustix(rustix::fs::fcntl_getfl(s.file))),
    op("fcntl F_SETFL", Command(Fcntls::SETFL, NONBLOCKING), |s| {
        rustix(rustix::fs::fcntl_setfl(s.file, OFlags::empty()))
    }),
    op("ioctl FIONBIO", Request(FIONBIO, NONBLOCKING), |s| rustix(rustix::io::ioctl_fionbio(s.file, false))),
    op("ioctl FIOCLEX", Request(FIOCLEX, &[]), |s| works(sys::ioctl(s.fd(), FIOCLEX))),
    op("ioctl FIONCLEX", Request(FIONCLEX, &[]), |s| works(sys::ioctl(s.fd(), FIONCLEX))),
];

/// What works where the amount of input can be asked for.
pub(crate) const READABLE: &[Operation] =
    &[op("ioctl FIONREAD", Request(FIONREAD, &[]), |s| rustix(rustix::io::ioctl_fionread(s.file)))];

/// What works where signals announce input: pipes, sockets, terminals.
pub(crate) const SIGNALLING: &[Operation] = &[
    op("fcntl F_SETOWN to nobody", Command(Fcntls::SETOWN, &[]), |s| works(sys::set_owner(s.fd()))),
    op("fcntl F_GETOWN", Command(Fcntls::GETOWN, &[]), |s| works(sys::get_owner(s.fd()))),
];

/// Declarations that go with [`SIGNALLING`].
pub(crate) const OWNERS: &[&str] = &["fcntl(getown)", "fcntl(setown)", "fcntl(getfl, setfl, getown, setown)"];

/// Whether it is a terminal, of what is none.
pub(crate) const NO_TERMINAL: &[Operation] = &[
    op("ioctl TIOCGETA", Request(TIOCGETA, ISATTY), |s| no_terminal(rustix::termios::tcgetattr(s.file).map(drop))),
    op("ioctl TIOCGWINSZ", Request(TIOCGWINSZ, WINSIZE), |s| {
        no_terminal(rustix::termios::tcgetwinsize(s.file).map(drop))
    }),
];

/// What works on terminals.
pub(crate) const TERMINAL: &[Operation] = &[
    op("ioctl TIOCGETA", Request(TIOCGETA, ISATTY), |s| rustix(rustix::termios::tcgetattr(s.file))),
    op("std's is_terminal", Request(TIOCGETA, ISATTY), |s| {
        if std::io::IsTerminal::is_terminal(s.file) { Ok(()) } else { Err(Errno::last()) }
    }),
    op("ioctl TIOCGWINSZ", Request(TIOCGWINSZ, WINSIZE), |s| rustix(rustix::termios::tcgetwinsize(s.file))),
];

/// The request came through to the object, which has no such thing: what it answers then depends on what it is.
fn no_terminal(result: rustix::io::Result<()>) -> Result<(), Errno> {
    comes_through(sys::answer(result))
}
