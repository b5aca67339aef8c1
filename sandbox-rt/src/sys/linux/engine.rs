//! Which code generator makes the filter: the built-in emitter, or libseccomp where its feature is on.
//!
//! An engine is a function from the rules to a program, `compile(&Filter) -> Result<Program, Error>`. It loads nothing.

#[cfg(not(feature = "libseccomp"))]
mod builtin;
#[cfg(feature = "libseccomp")]
mod libseccomp;

#[cfg(not(feature = "libseccomp"))]
pub(super) use builtin::compile;
#[cfg(feature = "libseccomp")]
pub(super) use libseccomp::compile;
