//! Questions about a type whose answer is a type: `(&&Probe::of(&value)).question()` takes the first of two traits that
//! applies, because method resolution removes one reference at a time. Nothing of it is left in the program.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::RawFd;

use sandbox_policy::vocabulary::Access;

use crate::Error;
use crate::acquire::Acquire;
use crate::cap::Narrow;
use crate::holds::Descriptors;
use crate::kind::{AnyDescriptor, Known};
use crate::open::{Open, Writing};

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
    /// The resource, opened if it is a builder.
    ///
    /// # Errors
    ///
    /// As [`Acquire::acquire`].
    fn acquire(&self, value: T, name: &str, access: Access) -> Result<Self::Output, Error>;
}

impl<M, T: Acquire<M>> AcquiresSome<M, T> for &Probe<T> {
    type Output = T::Output;

    fn acquire(&self, value: T, name: &str, access: Access) -> Result<T::Output, Error> {
        value.acquire(name, access)
    }
}

/// … and leaves everything else: that it is no resource has been said already.
pub trait AcquiresNone<T> {
    /// The value.
    ///
    /// # Errors
    ///
    /// None.
    fn acquire(&self, value: T, name: &str, access: Access) -> Result<T, Error>;
}

impl<T> AcquiresNone<T> for Probe<T> {
    fn acquire(&self, value: T, _: &str, _: Access) -> Result<T, Error> {
        Ok(value)
    }
}

/// The descriptors of a resource …
pub trait NumbersSome<M, T: ?Sized> {
    /// Their numbers.
    fn numbers(&self, value: &T) -> Vec<RawFd>;
}

impl<M, T: Descriptors<M> + ?Sized> NumbersSome<M, T> for &Probe<T> {
    fn numbers(&self, value: &T) -> Vec<RawFd> {
        value.numbers()
    }
}

/// … and none of everything else.
pub trait NumbersNone<T: ?Sized> {
    /// No numbers.
    fn numbers(&self, value: &T) -> Vec<RawFd>;
}

impl<T: ?Sized> NumbersNone<T> for Probe<T> {
    fn numbers(&self, _: &T) -> Vec<RawFd> {
        Vec::new()
    }
}

/// Yes, of this type; [`No`] in its place says no. A type with an unknown part could be either, so that nothing is asked of
/// one that has an error already.
pub struct Builder<T>(PhantomData<*const T>);

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Builder")
    }
}

macro_rules! asked_of_builders {
    ($(#[$about:meta])* $question:ident, $asked:ident, $any:ident, $method:ident, $of:ident: ($($generics:ident)?) $builder:ty;) => {
        $(#[$about])*
        pub trait $question: Sized {
            #[doc(hidden)]
            fn check(self) {}
        }

        #[diagnostic::do_not_recommend]
        impl $question for Builder<No> {}
        #[diagnostic::do_not_recommend]
        impl $question for Builder<Option<No>> {}

        /// The builders of which it is asked.
        pub trait $of {}

        impl$(<$generics>)? $of for $builder {}

        impl<T: $of> $of for Option<T> {}

        /// Is it one of them? Yes …
        pub trait $asked {
            /// The type.
            type Asked;
            /// The answer.
            fn $method(&self) -> Builder<Self::Asked>;
        }

        impl<T: $of> $asked for &Probe<T> {
            type Asked = T;

            fn $method(&self) -> Builder<T> {
                Builder(PhantomData)
            }
        }

        /// … or not.
        pub trait $any {
            /// The answer.
            fn $method(&self) -> Builder<No>;
        }

        impl<T: ?Sized> $any for Probe<T> {
            fn $method(&self) -> Builder<No> {
                Builder(PhantomData)
            }
        }
    };
}

asked_of_builders! {
    /// Asked where the rights imply no access mode.
    #[diagnostic::on_unimplemented(
        message = "these rights do not say how to open the file",
        label = "neither `read` nor `write`",
        note = "add `read` or `write`: the access mode of `open(…)` follows from the rights"
    )]
    SaysHowToOpen, Opens, AnyOpens, opens, OpensFile: (C) Open<C>;
}

asked_of_builders! {
    /// Asked where the rights do not contain `write`.
    #[diagnostic::on_unimplemented(
        message = "a file that is created, appended to or truncated needs the right `write`",
        label = "`write` is missing",
        note = "add `write`, or leave `.create(…)`, `.create_new(…)`, `.append()` and `.truncate()` out"
    )]
    SaysWrite, Writes, AnyWrites, writes, WritesFile: () Open<Writing>;
}

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
