//! Questions about a type whose answer is a type: `(&&Probe::of(&value)).question()` takes the first of two traits that
//! applies, because method resolution removes one reference at a time. Nothing of it is left in the program.

use std::fmt;
use std::marker::PhantomData;

use crate::holds::Descriptors;
use crate::kind::{AnyDescriptor, Known};
use crate::open::{Open, Writing};
use crate::cap::Narrow;

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
    fn kind(&self) -> Self::Kind;
}

impl<T: Known + ?Sized> KnownKind for &Probe<T> {
    type Kind = T::Kind;

    fn kind(&self) -> T::Kind {
        T::Kind::default()
    }
}

/// … or any.
pub trait AnyKind {
    /// The kind.
    fn kind(&self) -> AnyDescriptor;
}

impl<T: ?Sized> AnyKind for Probe<T> {
    fn kind(&self) -> AnyDescriptor {
        AnyDescriptor
    }
}

/// Yes, as an answer.
#[derive(Debug)]
pub struct Yes;
/// No, as an answer.
#[derive(Debug)]
pub struct No;

/// Does it hold descriptors? Yes …
pub trait HoldsSome<M> {
    /// The answer.
    fn held(&self) -> Yes;
}

impl<M, T: Descriptors<M> + ?Sized> HoldsSome<M> for &Probe<T> {
    fn held(&self) -> Yes {
        Yes
    }
}

/// … or not that we know.
pub trait HoldsNone {
    /// The answer.
    fn held(&self) -> No;
}

impl<T: ?Sized> HoldsNone for Probe<T> {
    fn held(&self) -> No {
        No
    }
}

macro_rules! declared {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        pub trait $name<Held> {
            #[doc(hidden)]
            fn check(_: Held);
        }

        #[diagnostic::do_not_recommend]
        impl<P> $name<No> for P {
            fn check(_: No) {}
        }
    };
}

declared! {
    /// A parameter that the declaration does not name may only hold nothing.
    #[diagnostic::on_unimplemented(
        message = "parameter `{Self}` holds descriptors and is not declared",
        label = "add it to `fds(…)`",
        note = "write `{Self} = none` to take it away, `{Self} = hold` to keep it open, or its rights: `{Self} = read`"
    )]
    Declared
}
declared! {
    /// The same for `self`.
    #[diagnostic::on_unimplemented(
        message = "`self` holds descriptors and is not declared",
        label = "add it to `fds(…)`",
        note = "write `self = none` to take it away, `self = hold` to keep it open, or the rights of its fields: `self.field = read`"
    )]
    DeclaredSelf
}
declared! {
    /// The same for a parameter without a name.
    #[diagnostic::on_unimplemented(
        message = "a parameter without a name holds descriptors and is not declared",
        label = "give it a name and add it to `fds(…)`",
        note = "write `NAME = none` to take it away, `NAME = hold` to keep it open, or its rights: `NAME = read`"
    )]
    DeclaredPattern
}

/// Is it a builder, whose rights must say how to open it? Yes …
pub trait Opens {
    /// The answer.
    fn opens(&self) -> Yes;
}

impl<C> Opens for &Probe<Open<C>> {
    fn opens(&self) -> Yes {
        Yes
    }
}

impl<C> Opens for &Probe<Option<Open<C>>> {
    fn opens(&self) -> Yes {
        Yes
    }
}

/// … or not.
pub trait AnyOpens {
    /// The answer.
    fn opens(&self) -> No;
}

impl<T: ?Sized> AnyOpens for Probe<T> {
    fn opens(&self) -> No {
        No
    }
}

/// Does it create, append or truncate? Yes …
pub trait Writes {
    /// The answer.
    fn writes(&self) -> Yes;
}

impl Writes for &Probe<Open<Writing>> {
    fn writes(&self) -> Yes {
        Yes
    }
}

impl Writes for &Probe<Option<Open<Writing>>> {
    fn writes(&self) -> Yes {
        Yes
    }
}

/// … or not.
pub trait AnyWrites {
    /// The answer.
    fn writes(&self) -> No;
}

impl<T: ?Sized> AnyWrites for Probe<T> {
    fn writes(&self) -> No {
        No
    }
}

/// Asked where the rights imply no access mode.
#[diagnostic::on_unimplemented(
    message = "these rights do not say how to open the file",
    label = "neither `read` nor `write`",
    note = "add `read` or `write`: the access mode of `open(…)` follows from the rights"
)]
pub trait SaysHowToOpen: Sized {
    #[doc(hidden)]
    fn check(self) {}
}

impl SaysHowToOpen for No {}

/// Asked where the rights do not contain `write`.
#[diagnostic::on_unimplemented(
    message = "a file that is created, appended to or truncated needs the right `write`",
    label = "`write` is missing",
    note = "add `write`, or leave `.create(…)`, `.create_new(…)`, `.append()` and `.truncate()` out"
)]
pub trait SaysWrite: Sized {
    #[doc(hidden)]
    fn check(self) {}
}

impl SaysWrite for No {}

/// A `Cap` is seen with its marker …
pub trait SeesCap<P, T> {
    /// What the body sees.
    type Seen;
    /// The value as the body sees it.
    fn see(&self, marker: Marker<P>, value: T) -> Self::Seen;
}

impl<P, T: Narrow<P>> SeesCap<P, T> for &Probe<T> {
    type Seen = T::Narrowed;

    fn see(&self, _: Marker<P>, value: T) -> T::Narrowed {
        value.narrow()
    }
}

/// … and everything else as it is.
pub trait SeesPlain<T> {
    /// The value.
    fn see<P>(&self, marker: Marker<P>, value: T) -> T;
}

impl<T> SeesPlain<T> for Probe<T> {
    fn see<P>(&self, _: Marker<P>, value: T) -> T {
        value
    }
}
