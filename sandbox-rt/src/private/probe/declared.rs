//! Does a parameter that the declaration does not name hold descriptors?

use super::Probe;
use crate::checks::{Nothing, SomeDescriptors};
use crate::holds::Descriptors;

/// Does it hold descriptors? Yes …
pub trait HoldsSome<M> {
    /// The answer.
    fn __sandbox_held(&self) -> SomeDescriptors;
}

impl<M, T: Descriptors<M> + ?Sized> HoldsSome<M> for &Probe<T> {
    fn __sandbox_held(&self) -> SomeDescriptors {
        SomeDescriptors
    }
}

/// … or not that we know.
pub trait HoldsNone {
    /// The answer.
    fn __sandbox_held(&self) -> Nothing;
}

impl<T: ?Sized> HoldsNone for Probe<T> {
    fn __sandbox_held(&self) -> Nothing {
        Nothing
    }
}
