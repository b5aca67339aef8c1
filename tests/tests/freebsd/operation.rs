//! What is done with a descriptor, and what must permit it. Written by hand, independently of the vocabulary's rows.

use std::fs::File;
use std::os::fd::{AsRawFd as _, RawFd};

use sandbox_policy::Fcntls;
use sandbox_rt::{Declared, Rights};
use sandbox_tests::sys::Errno;

/// Something that can be done with a descriptor.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) permitted: Permitted,
    /// What a refusal answers.
    pub(crate) refusal: Errno,
    /// Does it. It must be repeatable, and panics if it succeeds with a wrong result.
    pub(crate) run: fn(&Subject<'_>) -> Result<(), Errno>,
}

/// Under which declaration an operation is permitted.
#[derive(Clone, Copy)]
pub(crate) enum Permitted {
    /// Under none.
    Never,
    /// Under every one, on every descriptor.
    Always,
    /// With one of these sets of rights; what a listener's connections have, it has itself.
    With(&'static [Rights]),
    /// With this ioctl request in the list, or with one of these rights.
    Request(u32, &'static [Rights]),
    /// With this fcntl command in the list, or with one of these rights.
    Command(Fcntls, &'static [Rights]),
}

/// The descriptor on which operations are tried, and a second one for operations on two.
pub(crate) struct Subject<'a> {
    pub(crate) file: &'a File,
    /// A file that may be read, written and positioned.
    pub(crate) other: &'a File,
}

impl Subject<'_> {
    pub(crate) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    pub(crate) fn other(&self) -> RawFd {
        self.other.as_raw_fd()
    }
}

impl Permitted {
    /// Whether the declaration permits it on the descriptor that has it, which may be a socket.
    pub(crate) fn by(self, declared: &Declared, socket: bool) -> bool {
        let mut rights = declared.rights;
        let (mut ioctls, mut fcntls) = (declared.ioctls.clone(), declared.fcntls);
        let mut minted = declared.minted.as_deref();
        while let Some(of_connections) = minted {
            rights = rights | of_connections.rights;
            ioctls.extend(&of_connections.ioctls);
            fcntls = fcntls.union(of_connections.fcntls);
            minted = of_connections.minted.as_deref();
        }
        let any = |sets: &[Rights]| sets.iter().any(|set| rights.contains(*set));
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::With(sets) => any(sets),
            Self::Request(request, sets) => ioctls.contains(&request) || any(sets),
            // On sockets `nonblocking` is an ioctl request, and F_SETFL needs no more than the list.
            Self::Command(Fcntls::SETFL, sets) => fcntls.contains(Fcntls::SETFL) || (!socket && any(sets)),
            Self::Command(command, sets) => fcntls.contains(command) || any(sets),
        }
    }
}

/// An operation that is refused for want of a right.
pub(crate) const fn op(
    name: &'static str,
    permitted: Permitted,
    run: fn(&Subject<'_>) -> Result<(), Errno>,
) -> Operation {
    Operation { name, permitted, refusal: Errno::ENOTCAPABLE, run }
}

/// An operation that capability mode does not have, whatever the rights.
pub(crate) const fn absent(name: &'static str, run: fn(&Subject<'_>) -> Result<(), Errno>) -> Operation {
    Operation { name, permitted: Permitted::Never, refusal: Errno::ECAPMODE, run }
}

/// Success is any result.
pub(crate) fn works(result: Result<i64, Errno>) -> Result<(), Errno> {
    result.map(drop)
}

/// Success is any answer of the object itself, to which the call came through: what that is depends on the file system.
pub(crate) fn comes_through(result: Result<i64, Errno>) -> Result<(), Errno> {
    match result {
        Err(errno @ (Errno::ENOTCAPABLE | Errno::ECAPMODE)) => Err(errno),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Success of a function of std.
pub(crate) fn std<T>(result: std::io::Result<T>) -> Result<(), Errno> {
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(Errno(error.raw_os_error().expect("an errno"))),
    }
}

/// Success of a function of rustix.
pub(crate) fn rustix<T>(result: rustix::io::Result<T>) -> Result<(), Errno> {
    result.map(drop).map_err(|error| Errno(error.raw_os_error()))
}
