//! What the macros' code calls. Not for use by hand: it changes without notice.

mod outcome;
mod probe;

use std::os::fd::{BorrowedFd, RawFd};

pub use sandbox_policy::vocabulary::Access;
pub use sandbox_policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

pub use outcome::{Exits, Outcome, ReturnsError, ReturnsIo};
pub use probe::{
    AcquiresNone, AcquiresSome, AnyKind, AnyOpens, AnyWrites, Declared, DeclaredPattern, DeclaredSelf, Determined,
    HoldsNone, HoldsSome, KnownKind, Marker, NumbersNone, NumbersSome, Opens, Probe, SaysHowToOpen, SaysWrite, SeesCap,
    SeesPlain, Writes,
};

use crate::{Descriptors, Error};

/// Confines the process; the last statement of a prologue.
///
/// # Errors
///
/// If anything that must hold does not; then the body does not run.
pub fn enter(policy: &'static Policy<'static>, descriptors: &[Vec<RawFd>]) -> Result<(), Error> {
    crate::enter::enter(policy, descriptors)
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

/// A field of a type that derives `Holds`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` holds no descriptor",
    label = "not a resource",
    note = "mark the field with `#[holds(skip)]`"
)]
pub trait Field<Via> {
    /// Calls `visit` with each descriptor.
    fn visit(&self, visit: &mut dyn FnMut(BorrowedFd<'_>));
}

#[diagnostic::do_not_recommend]
impl<M, T: Descriptors<M> + ?Sized> Field<M> for T {
    fn visit(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        self.each(visit);
    }
}
