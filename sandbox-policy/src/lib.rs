//! The vocabulary of rights, the policy value, its checks and diagnostics, and its lowering to every platform on any
//! host. Pure: no input or output, no unsafe code, no look at the host.

pub mod check;
mod diagnostic;
pub mod freebsd;
pub mod linux;
pub mod note;
pub mod observed;
mod owned;
mod policy;
mod rights;
mod text;
pub mod vocabulary;

pub use diagnostic::Diagnostic;
pub use owned::{OwnedPolicy, OwnedResource};
pub use policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource};
pub use rights::Rights;
pub use text::Declared;
