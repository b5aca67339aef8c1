//! The platforms. The only place with unsafe code and with knowledge of the operating system.
//!
//! # The contract
//!
//! A platform is one folder with these items, plain data in and out:
//!
//! - `DENIED: &[i32]`: the errnos of a refused call.
//! - `enter(request: &Request<'_>, progress: &mut Progress) -> Result<Entered, Error>`: confines the process, or fails. What it
//!   put in force before it failed it notes in `progress`; from the first irreversible step on that list is not empty.
//!   When it returns `Ok`, every mechanism that must hold was tested and holds.
//! - `enforcement(row) -> Enforcement`: how exactly a right is enforced.
//! - `flush_c_streams()`: writes out what C's streams hold.
//! - `Details`: what was carried out, with `plan()` and `filter()` as text.
//! - `Listing`: the names in an open directory, read by its descriptor with the right `read` alone.
//! - `fork_and_run(body) -> io::Result<Ended>`: runs `body` in a child process with one thread, its stderr
//!   captured. For tests.
//! - `spawn(…)`: starts this program again with the given descriptors and nothing else.
//! - `learn(request, source, fields, progress) -> Result<Entered, Error>`, with the feature `learn`: watches instead of
//!   confining.
//! - `notes()`: the notes of the program and its libraries, as they are in memory.
//!
//! A platform without a sandbox implements it with errors that say why.

#![allow(unsafe_code, reason = "this is the place for it; each block states its condition")]

#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(feature = "fuzz", target_os = "linux"))]
pub use linux::fuzz;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::*;

#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
mod unsupported;
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub(crate) use unsupported::*;

#[cfg(not(target_os = "freebsd"))]
mod listing;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod notes;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod signals;
#[cfg(not(target_os = "freebsd"))]
pub(crate) use listing::Listing;
#[cfg(all(feature = "learn", not(target_os = "linux")))]
mod unlearned;
#[cfg(all(feature = "learn", not(target_os = "linux")))]
pub(crate) use unlearned::learn;

mod process;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod refusal;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub(crate) use notes::notes;
pub(crate) use process::{Ended, PANICKED, Spawned, fork_and_run, is_worker, spawn, take_descriptor};

use std::os::fd::RawFd;

use sandbox_policy::Policy;

use crate::status::Mechanism;

/// Where a program that is built to learn writes down what it saw: a file that `cargo sandbox learn` names.
#[cfg(feature = "learn")]
pub(crate) const LEARN: &str = "SANDBOX_LEARN";

/// The fields of parameters that hold descriptors, by the parameter's name: each may be declared alone. None if its type
/// holds no descriptors.
#[cfg(feature = "learn")]
pub(crate) type Fields<'a> = [(&'a str, Option<Vec<(&'a str, RawFd)>>)];

/// What entry is asked for.
pub(crate) struct Request<'a> {
    /// The declaration.
    pub(crate) policy: &'a Policy<'a>,
    /// The descriptors of each of its resources, in its order.
    pub(crate) descriptors: &'a [Vec<RawFd>],
    /// The newest version of the kernel's interface to use, where it has versions (Landlock on Linux); for tests.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have no such versions"))]
    pub(crate) landlock_at_most: u32,
}

/// What entry achieved.
pub(crate) struct Entered {
    /// Each mechanism, and whether it holds.
    pub(crate) mechanisms: Vec<Mechanism>,
    /// What was carried out, from which text is made on request.
    pub(crate) details: Details,
}

/// What is in force although entry may still fail.
#[derive(Default)]
pub(crate) struct Progress(Vec<&'static str>);

impl Progress {
    /// Notes that `mechanism` holds from now on.
    pub(crate) fn note(&mut self, mechanism: &'static str) {
        crate::enter::begun();
        self.0.push(mechanism);
    }

    /// What was noted.
    pub(crate) fn in_force(&self) -> &[&'static str] {
        &self.0
    }
}
