//! What each system permits under which rights, as data: the table of SECURITY.md, and what the test program
//! `conformance` holds the running system to.
//!
//! An [`Operation`] is something that programs do with a descriptor, by std, rustix or libc: it stands once, does the same on
//! both systems, and says in [`Columns`] under which declaration each of them permits it. Where the columns differ there is
//! a reason. A [`Kind`] is a sort of descriptor with the operations that work on it.
//!
//! The columns are written by hand, from rights(4) and what the kernels check, and share nothing with the vocabulary's rows.
//! Calls that only Linux has are tried by the test program `kernel`.

mod document;
mod kinds;
mod operation;
mod operations;
mod verdict;

pub use document::markdown;
pub use kinds::{KINDS, Kind, Object};
pub use operation::{Columns, Inert, Operation, Permitted, Request, Subject};
pub use operations::GROUPS;
pub use verdict::{Role, Verdict};

/// The systems that the table has a column for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// A filter, and Landlock under it.
    Linux,
    /// Capsicum.
    FreeBsd,
}

impl System {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Linux, Self::FreeBsd];
    /// The running one.
    pub const HERE: Self = if cfg!(target_os = "freebsd") { Self::FreeBsd } else { Self::Linux };
}

/// An event queue.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn queue() -> std::fs::File {
    crate::sys::functions::queue().into()
}

/// Rights that no operation of the table tries, and why.
pub const UNTRIED: &[(&str, &str)] = &[
    ("inotify_add", "came with FreeBSD 15, and Linux refuses it"),
    ("mac_get", "needs a policy module of the kernel that labels files"),
    ("mac_set", "needs a policy module of the kernel that labels files"),
    ("mknodat", "only the superuser makes device nodes, with or without the right"),
    ("peeloff", "needs SCTP, which many kernels do not have"),
    ("ttyhook", "needs a terminal snooping device"),
];
