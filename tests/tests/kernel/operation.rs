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
    /// With one of these sets of rights.
    With(&'static [Rights]),
    /// With this ioctl request in the list, or with one of these rights.
    Request(u32, &'static [Rights]),
    /// With this fcntl command in the list, or with one of these rights.
    Command(Fcntls, &'static [Rights]),
    /// The filter permits it with one of the first sets, and Landlock with one of the second. Landlock's refusal.
    Beneath(&'static [Rights], &'static [Rights], Errno),
    /// With `accept` and a list that has one of these sets: on the accepted connection.
    Accepted(&'static [Rights]),
    /// Where any descriptor has `event`: the sets of poll and select are in memory. What they answer for the inert
    /// object that stands for an undeclared descriptor.
    Waiting(Result<(), Errno>),
}

/// The descriptor on which operations are tried, and those that some need beside it.
pub(crate) struct Subject<'a> {
    pub(crate) file: &'a File,
    pub(crate) partners: &'a [Partner],
}

/// A second descriptor, for operations on two.
pub(crate) struct Partner {
    pub(crate) name: &'static str,
    pub(crate) file: File,
    /// What it is declared with.
    pub(crate) rights: Rights,
}

impl Subject<'_> {
    pub(crate) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    pub(crate) fn partner(&self, name: &str) -> RawFd {
        let partner = self.partners.iter().find(|partner| partner.name == name);
        partner.unwrap_or_else(|| panic!("this kind has no partner `{name}`")).file.as_raw_fd()
    }
}

impl Permitted {
    /// Whether the declaration permits it on the descriptor that has it.
    pub(crate) fn by(self, declared: &Declared) -> Verdict {
        let any = |sets: &[Rights]| sets.iter().any(|set| declared.rights.contains(*set));
        let permitted = match self {
            Self::Never => false,
            Self::Always => true,
            Self::With(sets) => any(sets),
            Self::Request(request, sets) => declared.ioctls.contains(&request) || any(sets),
            Self::Command(command, sets) => declared.fcntls.contains(command) || any(sets),
            Self::Beneath(filter, landlock, errno) if any(filter) && !any(landlock) => return Verdict::Denied(errno),
            Self::Beneath(filter, ..) => any(filter),
            Self::Accepted(sets) => {
                declared.minted.as_ref().is_some_and(|minted| sets.iter().any(|set| minted.rights.contains(*set)))
            }
            Self::Waiting(_) => declared.rights.contains(Rights::EVENT),
        };
        if permitted { Verdict::Permitted } else { Verdict::Refused }
    }
}

/// What a declaration means for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Permitted,
    /// By the filter.
    Refused,
    /// By Landlock.
    Denied(Errno),
}

/// An operation that is refused with EPERM.
pub(crate) const fn op(
    name: &'static str,
    permitted: Permitted,
    run: fn(&Subject<'_>) -> Result<(), Errno>,
) -> Operation {
    Operation { name, permitted, refusal: Errno::EPERM, run }
}

/// An operation that is never permitted, and answered as if the kernel did not have it.
pub(crate) const fn unknown(name: &'static str, run: fn(&Subject<'_>) -> Result<(), Errno>) -> Operation {
    Operation { name, permitted: Permitted::Never, refusal: Errno::ENOSYS, run }
}

/// Success is this result.
pub(crate) fn gives(result: Result<i64, Errno>, wanted: i64) -> Result<(), Errno> {
    result.map(|got| assert_eq!(got, wanted, "a wrong result"))
}

/// Success is any result.
pub(crate) fn works(result: Result<i64, Errno>) -> Result<(), Errno> {
    result.map(drop)
}

/// Success is this errno of the object itself, to which the call came through.
pub(crate) fn reaches(result: Result<i64, Errno>, wanted: Errno) -> Result<(), Errno> {
    match result {
        Err(errno) if errno == wanted => Ok(()),
        Err(errno) => Err(errno),
        Ok(got) => panic!("expected {wanted}, got {got}"),
    }
}

/// Success of a function of std.
pub(crate) fn std<T>(result: std::io::Result<T>) -> Result<(), Errno> {
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(Errno(error.raw_os_error().expect("an errno"))),
    }
}
