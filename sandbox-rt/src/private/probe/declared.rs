//! Does a parameter that the declaration does not name hold descriptors? Is a local that it limits a `Cap`?

use super::Probe;
use crate::cap::Cap;
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

/// Is it a `Cap` that grants nothing? Yes …
pub trait IsCap<A> {
    /// The answer.
    fn __sandbox_is_cap(&self) -> A;
}

impl<T> IsCap<SomeDescriptors> for &Probe<Cap<T>> {
    fn __sandbox_is_cap(&self) -> SomeDescriptors {
        SomeDescriptors
    }
}

// From a single `impl` the compiler would conclude that a type which it does not know must be a `Cap`.
impl IsCap<Nothing> for &Probe<Nothing> {
    fn __sandbox_is_cap(&self) -> Nothing {
        Nothing
    }
}

/// … or something else.
pub trait IsNoCap {
    /// The answer.
    fn __sandbox_is_cap(&self) -> Nothing;
}

impl<T: ?Sized> IsNoCap for Probe<T> {
    fn __sandbox_is_cap(&self) -> Nothing {
        Nothing
    }
}
