//! What an acquisition becomes: a resource, its descriptors, and what the body sees of it.

use std::os::fd::{AsRawFd as _, RawFd};

use sandbox_policy::vocabulary::Access;

use super::{Marker, Probe};
use crate::Error;
use crate::acquire::Acquire;
use crate::cap::Narrow;
use crate::holds::Descriptors;

/// Asks for a method of the value, for which its type must be known.
pub trait Determined {
    #[doc(hidden)]
    fn __sandbox_determined(&self) {}
}

impl<T: ?Sized> Determined for T {}

/// Acquires what is a resource …
pub trait AcquiresSome<M, T> {
    /// The resource.
    type Output;
    /// The resource `name` of `function`, opened if it is a builder.
    ///
    /// # Errors
    ///
    /// As [`Acquire::acquire`].
    fn __sandbox_acquire(&self, value: T, function: &str, name: &str, access: Access) -> Result<Self::Output, Error>;
}

impl<M, T: Acquire<M>> AcquiresSome<M, T> for &Probe<T> {
    type Output = T::Output;

    fn __sandbox_acquire(&self, value: T, function: &str, name: &str, access: Access) -> Result<T::Output, Error> {
        value.acquire(name, access).map_err(|error| crate::enter::failed(function, error))
    }
}

/// … and leaves everything else: that it is no resource has been said already.
pub trait AcquiresNone<T> {
    /// The value.
    ///
    /// # Errors
    ///
    /// None.
    fn __sandbox_acquire(&self, value: T, function: &str, name: &str, access: Access) -> Result<T, Error>;
}

impl<T> AcquiresNone<T> for Probe<T> {
    fn __sandbox_acquire(&self, value: T, _: &str, _: &str, _: Access) -> Result<T, Error> {
        Ok(value)
    }
}

/// The descriptors of a resource …
pub trait NumbersSome<M, T: ?Sized> {
    /// Their numbers.
    fn __sandbox_numbers(&self, value: &T) -> Vec<RawFd>;
    /// The names of the fields that they stand in.
    fn __sandbox_fields(&self, value: &T) -> Option<Vec<(&'static str, RawFd)>>;
}

impl<M, T: Descriptors<M> + ?Sized> NumbersSome<M, T> for &Probe<T> {
    fn __sandbox_numbers(&self, value: &T) -> Vec<RawFd> {
        value.numbers()
    }

    fn __sandbox_fields(&self, value: &T) -> Option<Vec<(&'static str, RawFd)>> {
        let mut fields = Vec::new();
        value.fields(&mut |name, descriptor| fields.push((name, descriptor.as_raw_fd())));
        fields.retain(|(name, _)| !name.is_empty());
        Some(fields)
    }
}

/// … and none of everything else.
pub trait NumbersNone<T: ?Sized> {
    /// No numbers.
    fn __sandbox_numbers(&self, value: &T) -> Vec<RawFd>;
    /// Nothing: its type holds no descriptors.
    fn __sandbox_fields(&self, value: &T) -> Option<Vec<(&'static str, RawFd)>>;
}

impl<T: ?Sized> NumbersNone<T> for Probe<T> {
    fn __sandbox_numbers(&self, _: &T) -> Vec<RawFd> {
        Vec::new()
    }

    fn __sandbox_fields(&self, _: &T) -> Option<Vec<(&'static str, RawFd)>> {
        None
    }
}

/// A `Cap` is seen with its marker …
pub trait SeesCap<P, T> {
    /// What the body sees.
    type Seen;
    /// The value as the body sees it.
    fn __sandbox_see(&self, marker: Marker<P>, value: T) -> Self::Seen;
}

impl<P, T: Narrow<P>> SeesCap<P, T> for &Probe<T> {
    type Seen = T::Narrowed;

    fn __sandbox_see(&self, _: Marker<P>, value: T) -> T::Narrowed {
        value.narrow()
    }
}

/// … and everything else as it is.
pub trait SeesPlain<T> {
    /// The value.
    fn __sandbox_see<P>(&self, marker: Marker<P>, value: T) -> T;
}

impl<T> SeesPlain<T> for Probe<T> {
    fn __sandbox_see<P>(&self, _: Marker<P>, value: T) -> T {
        value
    }
}
