//! Typed capabilities: handles whose type carries the grant, so that using a right that was not declared does not
//! compile.

mod files;
mod io;
mod narrow;
mod sockets;
mod streams;

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};

pub use narrow::Narrow;

/// A resource whose rights are part of its type.
///
/// A parameter `input: Cap<File>`, declared with `input = read`, is seen in the body as `Cap<File, P>`, where `P` is a
/// marker named after it with [`Grants<right::read>`](crate::Grants). `input.write_all(…)` is a compile error then that
/// says which right is missing. What is acquired as a `Cap` is seen so too: `log = Cap::new(file) => write`.
///
/// The macro knows such a parameter by its type's name `Cap`; behind an alias it stays [`Undeclared`], and nothing can
/// be done with it.
///
/// The handle is for the compiler. The kernel enforces the same grant on the descriptor, however it is used.
pub struct Cap<T, P = Undeclared> {
    inner: T,
    grant: PhantomData<fn() -> P>,
}

/// The marker of a [`Cap`] that no declaration has named: it grants nothing.
#[derive(Debug)]
pub enum Undeclared {}

impl<T> Cap<T> {
    /// A handle to be passed to a sandboxed function or acquired by a declaration.
    pub const fn new(inner: T) -> Self {
        Self { inner, grant: PhantomData }
    }
}

impl<T, P> Cap<T, P> {
    /// The plain resource; the kernel still enforces what was declared.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: AsFd, P> AsFd for Cap<T, P> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl<T> From<T> for Cap<T> {
    fn from(inner: T) -> Self {
        Self::new(inner)
    }
}

impl<T: fmt::Debug, P> fmt::Debug for Cap<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cap").field(&self.inner).finish()
    }
}

/// Methods that hand a call on to what is inside. The bounds are written in the table, so that a message shows the
/// method's line and not this macro.
macro_rules! operations {
    ($($ty:ty {
        $($(#[$about:meta])* fn $name:ident(&self $(, $argument:ident: $argument_type:ty)*) -> $output:ty where [$($grants:tt)+];)*
    })*) => {
        $(impl<P> Cap<$ty, P> {
            $(
                $(#[$about])*
                ///
                /// # Errors
                ///
                /// As the method of the same name in std.
                pub fn $name(&self $(, $argument: $argument_type)*) -> $output
                where
                    P: $($grants)+,
                {
                    self.inner.$name($($argument),*)
                }
            )*
        })*
    };
}
use operations;
