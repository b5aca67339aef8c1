//! What the compiler is asked about a declaration. Its messages name these traits and types; there is nothing to do with
//! them by hand.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;

use crate::holds::Descriptors;

/// As an answer: it holds descriptors.
#[derive(Debug)]
pub struct SomeDescriptors;

/// As an answer: it holds no descriptors, or it is no builder.
#[derive(Debug)]
pub struct Nothing;

/// As an answer: it is a builder of this type. With [`Nothing`] as the type it is none, so that a type with an unknown part
/// could be either, and nothing more is asked of an expression that has an error already.
pub struct FileBuilder<T>(PhantomData<*const T>);

impl<T> FileBuilder<T> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<T> fmt::Debug for FileBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileBuilder")
    }
}

macro_rules! may_go_unnamed {
    ($($(#[$about:meta])* $name:ident;)*) => {
        $(
            $(#[$about])*
            pub trait $name<Held> {
                #[doc(hidden)]
                fn check(_: Held);
            }

            #[diagnostic::do_not_recommend]
            impl<P> $name<Nothing> for P {
                fn check(_: Nothing) {}
            }

            // From a single `impl` the compiler would conclude that the answer must be that one.
            #[diagnostic::do_not_recommend]
            impl<P> $name<()> for P {
                fn check((): ()) {}
            }
        )*
    };
}

may_go_unnamed! {
    /// A parameter that the declaration does not name: it may only hold nothing.
    #[diagnostic::on_unimplemented(
        message = "parameter `{Self}` holds descriptors and is not declared",
        label = "add it to `fds(…)`",
        note = "`= none` takes it away, `= hold` keeps it open and grants nothing, `= read` and the like grant rights"
    )]
    MayGoUnnamed;
    /// The same for `self`.
    #[diagnostic::on_unimplemented(
        message = "`self` holds descriptors and is not declared",
        label = "add it to `fds(…)`",
        note = "`self = none` takes it away, `self = hold` keeps it open and grants nothing, `self.field = read` grants rights"
    )]
    SelfMayGoUnnamed;
    /// The same for a parameter that has no name.
    #[diagnostic::on_unimplemented(
        message = "a parameter without a name holds descriptors and is not declared",
        label = "give it a name and add it to `fds(…)`",
        note = "`= none` takes it away, `= hold` keeps it open and grants nothing, `= read` and the like grant rights"
    )]
    PatternMayGoUnnamed;
    /// A local that the declaration limits where it stands: a `Cap` keeps its type there, which grants nothing.
    #[diagnostic::on_unimplemented(
        message = "a `Cap` that is there already is not narrowed: it keeps its type, which grants nothing",
        label = "its type stays as it is",
        note = "with `enter!`, acquire it under its own name: `NAME = NAME => RIGHTS`, or `mut NAME = NAME => RIGHTS`",
        note = "with `try_enter!`, pass the plain resource: `NAME.into_inner()`"
    )]
    KeepsItsType;
}

macro_rules! asked_of_builders {
    ($($(#[$about:meta])* $name:ident;)*) => {
        $(
            $(#[$about])*
            pub trait $name: Sized {
                #[doc(hidden)]
                fn check(self) {}
            }

            #[diagnostic::do_not_recommend]
            impl $name for FileBuilder<Nothing> {}
            // From a single `impl` the compiler would conclude that the type must be that one.
            #[diagnostic::do_not_recommend]
            impl $name for FileBuilder<()> {}
        )*
    };
}

asked_of_builders! {
    /// Asked where the rights imply no access mode.
    #[diagnostic::on_unimplemented(
        message = "these rights do not say how to open the file",
        label = "neither `read` nor `write`",
        note = "add `read` or `write`: the access mode of `open(…)` follows from the rights"
    )]
    SaysHowToOpen;
    /// Asked where the rights do not contain `write`.
    #[diagnostic::on_unimplemented(
        message = "a file that is created, appended to or truncated needs the right `write`",
        label = "`write` is missing",
        note = "add `write`, or leave `.create(…)`, `.create_new(…)`, `.append()` and `.truncate()` out"
    )]
    SaysWrite;
}

/// A field of a type that derives `Holds`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` holds no descriptor",
    label = "not a resource",
    note = "mark the field with `#[holds(skip)]`"
)]
pub trait HeldField<Via> {
    #[doc(hidden)]
    fn visit(&self, visit: &mut dyn FnMut(BorrowedFd<'_>));
}

#[diagnostic::do_not_recommend]
impl<M, T: Descriptors<M> + ?Sized> HeldField<M> for T {
    fn visit(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        self.each(visit);
    }
}
