//! The compiler of filters, held against the rules themselves.

mod emitted;
mod filters;
mod interpreted;
mod libseccomp;
mod mutated;
mod random;
mod sizes;
mod verified;
