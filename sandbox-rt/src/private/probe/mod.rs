//! Questions about a type whose answer is a type: `(&&Probe::of(&value)).question()` takes the first of two traits that
//! applies, because method resolution removes one reference at a time. Nothing of it is left in the program.
//!
//! The methods have names that no trait of the user has, because all that is in scope takes part in the resolution.

mod acquired;
mod builder;
mod declared;

use std::fmt;
use std::marker::PhantomData;

pub use acquired::{AcquiresNone, AcquiresSome, Determined, NumbersNone, NumbersSome, SeesCap, SeesPlain};
pub use builder::{AnyOpens, AnyWrites, Opens, Writes};
pub use declared::{HoldsNone, HoldsSome, IsCap, IsNoCap};

use crate::kind::{AnyDescriptor, Known};

/// A type, without a value.
pub struct Probe<T: ?Sized>(PhantomData<*const T>);

impl<T: ?Sized> Probe<T> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);

    /// The type of this value.
    #[must_use]
    pub const fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

impl<T: ?Sized> fmt::Debug for Probe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}

/// A marker type, without a value.
pub struct Marker<P>(PhantomData<fn() -> P>);

impl<P> Marker<P> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

impl<P> fmt::Debug for Marker<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marker")
    }
}

/// Which kind is it? One that is known …
pub trait KnownKind {
    /// The kind.
    type Kind;
    /// Its value.
    fn __sandbox_kind(&self) -> Self::Kind;
}

impl<T: Known + ?Sized> KnownKind for &Probe<T> {
    type Kind = T::Kind;

    fn __sandbox_kind(&self) -> T::Kind {
        T::Kind::default()
    }
}

/// … or any.
pub trait AnyKind {
    /// The kind.
    fn __sandbox_kind(&self) -> AnyDescriptor;
}

impl<T: ?Sized> AnyKind for Probe<T> {
    fn __sandbox_kind(&self) -> AnyDescriptor {
        AnyDescriptor
    }
}
