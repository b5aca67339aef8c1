//! How a failed entry leaves a function, by its return type.
//!
//! `(&&&Outcome::<R>::NEW).__sandbox_fail(error)` takes the first of these traits that applies: method resolution removes one
//! reference at a time.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use crate::Error;

/// A return type, without a value.
pub struct Outcome<R>(PhantomData<fn() -> R>);

impl<R> Outcome<R> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

impl<R> fmt::Debug for Outcome<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outcome")
    }
}

/// A `Result` whose error converts from ours.
pub trait ReturnsError {
    /// The return type.
    type Output;
    /// The value to return.
    fn __sandbox_fail(&self, error: Error) -> Self::Output;
}

impl<T, E: From<Error>> ReturnsError for &&Outcome<Result<T, E>> {
    type Output = Result<T, E>;

    fn __sandbox_fail(&self, error: Error) -> Result<T, E> {
        Err(error.into())
    }
}

/// A `Result` whose error converts from `io::Error`.
pub trait ReturnsIo {
    /// The return type.
    type Output;
    /// The value to return.
    fn __sandbox_fail(&self, error: Error) -> Self::Output;
}

impl<T, E: From<io::Error>> ReturnsIo for &Outcome<Result<T, E>> {
    type Output = Result<T, E>;

    fn __sandbox_fail(&self, error: Error) -> Result<T, E> {
        Err(io::Error::from(error).into())
    }
}

/// Every other type: nothing to return.
pub trait Exits {
    /// The return type.
    type Output;
    /// Does not return.
    fn __sandbox_fail(&self, error: Error) -> Self::Output;
}

impl<R> Exits for Outcome<R> {
    type Output = R;

    fn __sandbox_fail(&self, error: Error) -> R {
        super::exit(&error)
    }
}
