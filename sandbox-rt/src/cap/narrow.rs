//! From the handle that a caller passes to the one that the body sees.

use std::marker::PhantomData;

use super::Cap;

/// A handle that a declaration gives the marker `P`. The macro's code calls it; there is nothing to do by hand.
pub trait Narrow<P> {
    /// What the body sees.
    type Narrowed;

    /// The same resource with the marker.
    fn narrow(self) -> Self::Narrowed;
}

impl<T, P> Narrow<P> for Cap<T> {
    type Narrowed = Cap<T, P>;

    fn narrow(self) -> Cap<T, P> {
        marked(self.inner)
    }
}

/// A borrowed handle becomes a handle to what is borrowed.
impl<'a, T, P> Narrow<P> for &'a Cap<T> {
    type Narrowed = Cap<&'a T, P>;

    fn narrow(self) -> Cap<&'a T, P> {
        marked(&self.inner)
    }
}

impl<'a, T, P> Narrow<P> for &'a mut Cap<T> {
    type Narrowed = Cap<&'a mut T, P>;

    fn narrow(self) -> Cap<&'a mut T, P> {
        marked(&mut self.inner)
    }
}

impl<P, N: Narrow<P>> Narrow<P> for Option<N> {
    type Narrowed = Option<N::Narrowed>;

    fn narrow(self) -> Self::Narrowed {
        self.map(N::narrow)
    }
}

impl<P, N: Narrow<P>> Narrow<P> for Vec<N> {
    type Narrowed = Vec<N::Narrowed>;

    fn narrow(self) -> Self::Narrowed {
        self.into_iter().map(N::narrow).collect()
    }
}

pub(super) fn marked<T, P>(inner: T) -> Cap<T, P> {
    Cap { inner, grant: PhantomData }
}
