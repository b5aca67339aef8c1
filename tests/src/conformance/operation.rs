//! What is done with a descriptor, and what must permit it on each system.

use std::fmt;
use std::fs::File;
use std::os::fd::{AsRawFd as _, RawFd};

use sandbox_policy::Fcntls;
use sandbox_rt::Rights;

use super::System;
use crate::sys::Errno;

/// Something that programs do with a descriptor.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name, unique in its group.
    pub name: &'static str,
    /// What must permit it.
    pub columns: Columns,
    /// Does it; none where the running system has no such thing. It panics if it succeeds with a wrong result.
    pub run: Option<Run>,
}

/// Does an operation.
pub(super) type Run = fn(&Subject<'_>) -> Result<(), Errno>;

/// What must permit an operation, on each system. Columns that differ cannot be written without the reason.
#[derive(Debug, Clone, Copy)]
pub enum Columns {
    /// The same on both.
    Same(Permitted),
    /// Not the same.
    Differ {
        /// What Linux asks for.
        linux: Permitted,
        /// What FreeBSD asks for.
        freebsd: Permitted,
        /// Why they differ.
        reason: &'static str,
    },
    /// Only one system has it.
    Only {
        /// Which.
        system: System,
        /// What that asks for.
        permitted: Permitted,
        /// Why the other has no such thing.
        reason: &'static str,
    },
}

/// Under which declaration an operation is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permitted {
    /// Under every one, on every descriptor.
    Always,
    /// Under none.
    Never,
    /// With `allow(threads)`.
    WithThreads,
    /// With one of these sets of rights.
    With(&'static [Rights]),
    /// With this ioctl request in the list, or with one of these sets of rights.
    Request(Request, &'static [Rights]),
    /// With this fcntl command in the list, or with one of these sets of rights.
    Command(Fcntls, &'static [Rights]),
    /// With `accept` and a list that has these rights: on what was accepted.
    Accepted(Rights),
    /// Under none, as it leads out of the directory. With these rights Linux refuses it late, by Landlock.
    Outside(Rights),
    /// Where any descriptor is declared with this right: a set of descriptors is in memory. And what is answered for one
    /// that is not declared.
    OnAny(Rights, Inert),
    /// With this right; without it the descriptor is answered to be none.
    Answered(Rights),
}

/// What a call that waits answers on Linux for the inert object that stands in the place of an undeclared descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inert {
    /// That it is ready.
    Ready,
    /// That it is no descriptor.
    NoDescriptor,
}

/// An ioctl(2) request that both systems have, each by a number of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// How much there is to be read.
    Fionread,
    /// Whether calls return at once.
    Fionbio,
    /// Close the descriptor when a program is executed.
    Fioclex,
    /// Keep it open.
    Fionclex,
    /// The settings of a terminal: `TCGETS` on Linux, `TIOCGETA` on FreeBSD.
    Settings,
    /// The size of a terminal.
    Tiocgwinsz,
}

/// The descriptor on which operations are tried, and those that some need beside it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The descriptor.
    pub file: &'a File,
    /// A file that may be read, written and positioned.
    pub other: &'a File,
    /// An event queue that may be changed and waited for.
    pub queue: &'a File,
    /// Something that may be waited for.
    pub ready: &'a File,
}

impl Subject<'_> {
    pub(super) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    pub(super) fn other(&self) -> RawFd {
        self.other.as_raw_fd()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Columns {
    /// What the system asks for; none where it has no such thing.
    #[must_use]
    pub fn of(self, system: System) -> Option<Permitted> {
        match (self, system) {
            (Self::Same(permitted), _)
            | (Self::Differ { linux: permitted, .. }, System::Linux)
            | (Self::Differ { freebsd: permitted, .. }, System::FreeBsd) => Some(permitted),
            (Self::Only { system, permitted, .. }, asked) => (system == asked).then_some(permitted),
        }
    }

    /// Why the columns differ, if they do.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Same(_) => None,
            Self::Differ { reason, .. } | Self::Only { reason, .. } => Some(reason),
        }
    }
}

impl Request {
    /// Every request.
    pub const ALL: [Self; 6] =
        [Self::Fionread, Self::Fionbio, Self::Fioclex, Self::Fionclex, Self::Settings, Self::Tiocgwinsz];

    /// Its name in the table and in the declarations of a kind.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fionread => "FIONREAD",
            Self::Fionbio => "FIONBIO",
            Self::Fioclex => "FIOCLEX",
            Self::Fionclex => "FIONCLEX",
            Self::Settings => "TCGETS/TIOCGETA",
            Self::Tiocgwinsz => "TIOCGWINSZ",
        }
    }

    /// Its name on a system.
    #[must_use]
    pub fn name_on(self, system: System) -> &'static str {
        match (self, system) {
            (Self::Settings, System::Linux) => "TCGETS",
            (Self::Settings, System::FreeBsd) => "TIOCGETA",
            (Self::Fionread | Self::Fionbio | Self::Fioclex | Self::Fionclex | Self::Tiocgwinsz, _) => self.name(),
        }
    }

    /// Its number on a system: asm-generic/ioctls.h, sys/filio.h and sys/ttycom.h.
    #[must_use]
    pub fn number(self, system: System) -> u32 {
        let (linux, freebsd) = match self {
            Self::Fionread => (0x541b, 0x4004_667f),
            Self::Fionbio => (0x5421, 0x8004_667e),
            Self::Fioclex => (0x5451, 0x2000_6601),
            Self::Fionclex => (0x5450, 0x2000_6602),
            Self::Settings => (0x5401, 0x402c_7413),
            Self::Tiocgwinsz => (0x5413, 0x4008_7468),
        };
        match system {
            System::Linux => linux,
            System::FreeBsd => freebsd,
        }
    }
}

/// An operation that both systems permit under the same rights.
pub(super) const fn op(name: &'static str, permitted: Permitted, run: Run) -> Operation {
    Operation { name, columns: Columns::Same(permitted), run: Some(run) }
}

/// An operation that the systems permit under different rights, and why.
pub(super) const fn differ(
    name: &'static str,
    linux: Permitted,
    freebsd: Permitted,
    reason: &'static str,
    run: Run,
) -> Operation {
    Operation { name, columns: Columns::Differ { linux, freebsd, reason }, run: Some(run) }
}

/// An operation that only this system has, and why the other has none.
pub(super) const fn only(
    system: System,
    name: &'static str,
    permitted: Permitted,
    reason: &'static str,
    run: Option<Run>,
) -> Operation {
    Operation { name, columns: Columns::Only { system, permitted, reason }, run }
}

/// What a system has and the other has not, where this is compiled for it.
macro_rules! on {
    ($system:literal, $run:expr) => {{
        #[cfg(target_os = $system)]
        let run: Option<$crate::conformance::operation::Run> = Some($run);
        #[cfg(not(target_os = $system))]
        let run: Option<$crate::conformance::operation::Run> = None;
        run
    }};
}
pub(super) use on;

/// What the sandbox answers for what it refuses at once.
const REFUSALS: &[Errno] = &[
    #[cfg(target_os = "linux")]
    Errno::EPERM,
    #[cfg(target_os = "freebsd")]
    Errno::ENOTCAPABLE,
    #[cfg(target_os = "freebsd")]
    Errno::ECAPMODE,
];

/// Success is any result.
pub(super) fn works(result: Result<i64, Errno>) -> Result<(), Errno> {
    result.map(drop)
}

/// Success is this result.
pub(super) fn gives(result: Result<i64, Errno>, wanted: i64) -> Result<(), Errno> {
    result.map(|got| assert_eq!(got, wanted, "a wrong result"))
}

/// Success is any answer of the object itself, to which the call came through: what that is depends on the file system.
pub(super) fn comes_through<T>(result: Result<T, Errno>) -> Result<(), Errno> {
    match result {
        Err(errno) if REFUSALS.contains(&errno) => Err(errno),
        result => {
            drop(result);
            Ok(())
        }
    }
}

/// Success of a function of std.
pub(super) fn std<T>(result: std::io::Result<T>) -> Result<(), Errno> {
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(Errno(error.raw_os_error().expect("an errno"))),
    }
}

/// Success of a function of rustix.
pub(super) fn rustix<T>(result: rustix::io::Result<T>) -> Result<(), Errno> {
    result.map(drop).map_err(errno)
}

/// The errno of a function of rustix.
pub(super) fn errno(error: rustix::io::Errno) -> Errno {
    Errno(error.raw_os_error())
}
