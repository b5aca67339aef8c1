//! What the macros' code calls. Not for use by hand: it changes without notice.

mod outcome;
mod probe;

use std::os::fd::RawFd;

pub use sandbox_policy::note::{Note, Source, size as note_size, write as write_note};
pub use sandbox_policy::vocabulary::Access;
pub use sandbox_policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

pub use outcome::{Exits, Outcome, ReturnsError, ReturnsIo};
pub use probe::{
    AcquiresNone, AcquiresSome, AnyKind, AnyOpens, AnyWrites, Determined, HoldsNone, HoldsSome, IsCap, IsNoCap,
    KnownKind, Marker, NumbersNone, NumbersSome, Opens, Probe, SeesCap, SeesPlain, Writes,
};

use crate::Error;

/// Whether this is a build to learn by, which enforces nothing.
pub const LEARNING: bool = cfg!(feature = "learn");

/// Confines the process; the last statement of a prologue.
///
/// # Errors
///
/// If anything that must hold does not; then the body does not run.
pub fn enter(
    (policy, source): (&'static Policy<'static>, &'static Source<'static>),
    descriptors: &[Vec<RawFd>],
) -> Result<(), Error> {
    crate::enter::enter(policy, source, descriptors)
}

/// Watches the process; the last statement of a prologue that declares nothing yet. The fields of its parameters that hold
/// descriptors are named, so that each can be declared alone.
///
/// # Errors
///
/// As [`enter`].
#[cfg(feature = "learn")]
pub fn learn(
    (policy, source): (&'static Policy<'static>, &'static Source<'static>),
    descriptors: &[Vec<RawFd>],
    fields: &crate::sys::Fields<'static>,
) -> Result<(), Error> {
    crate::enter::learn(policy, source, descriptors, fields)
}

/// Says why entry failed and ends the process.
pub fn exit(error: &Error) -> ! {
    eprintln!("error: {error}");
    std::process::exit(125)
}

/// The descriptor of a standard stream.
#[must_use]
pub fn stream(number: RawFd) -> Vec<RawFd> {
    vec![number]
}
