//! What holds descriptors: everything `AsFd`, and containers, wrappers and the user's own types.
//!
//! A container of `AsFd` types cannot have an `impl` beside `impl<T: AsFd>`, so each way of holding has a type in
//! [`via`] as the trait's parameter; it is always inferred.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, BufReader, BufWriter, Chain, LineWriter, Take};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::process::Child;
use std::rc::Rc;
use std::sync::Arc;

/// A resource: no, one or several descriptors.
///
/// Implemented for everything `AsFd`, and for everything that [`Holds`]. It is not for implementing: derive [`Holds`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no descriptor",
    label = "not a resource",
    note = "a resource is a type that implements `AsFd`, a container of such types, or a type with `#[derive(Holds)]`",
    note = "if this is a `Result`, add `?` where it is made"
)]
pub trait Descriptors<Via> {
    /// Calls `visit` with each descriptor.
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>));

    #[doc(hidden)]
    fn numbers(&self) -> Vec<RawFd> {
        let mut numbers = Vec::new();
        self.each(&mut |descriptor| numbers.push(descriptor.as_raw_fd()));
        numbers
    }

    /// [`Holds::fields`].
    #[doc(hidden)]
    fn fields(&self, _: &mut dyn FnMut(&'static str, BorrowedFd<'_>)) {}
}

/// A container of resources, or a type of one's own that holds some: `#[derive(Holds)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no descriptor",
    label = "not a resource",
    note = "derive `sandbox_rt::Holds` for types that hold descriptors"
)]
pub trait Holds<Via = via::Own> {
    /// Calls `visit` with each descriptor.
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>));

    /// Calls `visit` with each descriptor and the name of its field, where a declaration can name it alone.
    #[doc(hidden)]
    fn fields(&self, _: &mut dyn FnMut(&'static str, BorrowedFd<'_>)) {}
}

/// The ways in which a type holds descriptors.
pub mod via {
    macro_rules! ways {
        ($($(#[$doc:meta])* $name:ident $(<$parameter:ident>)?;)*) => {
            $($(#[$doc])* #[derive(Debug)] pub struct $name $(<$parameter>(std::marker::PhantomData<$parameter>))?;)*
        };
    }
    ways! {
        /// It is a descriptor.
        Fd;
        /// By its fields.
        Own;
        /// By its fields, some of which have the type's parameters as types.
        Derived<M>;
        /// As a container.
        Held<M>;
        /// Through a pointer to a container.
        Pointer<M>;
        /// As elements.
        Elements<M>;
        /// As elements of different types.
        Tuple<M>;
        /// As what a buffer or an adaptor wraps.
        Wrapped<M>;
        /// As what a builder opens.
        Opened<M>;
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsFd + ?Sized> Descriptors<via::Fd> for T {
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        visit(self.as_fd());
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Holds<M> + ?Sized> Descriptors<via::Held<M>> for T {
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        Holds::each(self, visit);
    }

    fn fields(&self, visit: &mut dyn FnMut(&'static str, BorrowedFd<'_>)) {
        Holds::fields(self, visit);
    }
}

macro_rules! pointers {
    ($($pointer:ty),*) => {
        // A pointer to a descriptor is `AsFd` itself.
        $(#[diagnostic::do_not_recommend]
        impl<M, T: Holds<M> + ?Sized> Descriptors<via::Pointer<M>> for $pointer {
            fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
                Holds::each(&**self, visit);
            }

            fn fields(&self, visit: &mut dyn FnMut(&'static str, BorrowedFd<'_>)) {
                Holds::fields(&**self, visit);
            }
        })*
    };
}
pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! elements {
    ($(($($generics:tt)*) $container:ty, $iterate:ident;)*) => {
        $(#[diagnostic::do_not_recommend]
        impl<M, T: Descriptors<M>, $($generics)*> Holds<via::Elements<M>> for $container {
            fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
                for element in self.$iterate() {
                    element.each(visit);
                }
            }
        })*
    };
}
elements! {
    () Option<T>, iter;
    () [T], iter;
    (const N: usize) [T; N], iter;
    () Vec<T>, iter;
    () VecDeque<T>, iter;
    (K, S) HashMap<K, T, S>, values;
    (K) BTreeMap<K, T>, values;
}

macro_rules! wrappers {
    ($($wrapper:ident<T: $($bound:path)?>;)*) => {
        $(#[diagnostic::do_not_recommend]
        impl<M, T: Descriptors<M> $(+ $bound)?> Holds<via::Wrapped<M>> for $wrapper<T> {
            fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
                self.get_ref().each(visit);
            }
        })*
    };
}
wrappers! {
    BufReader<T:>;
    BufWriter<T: io::Write>;
    LineWriter<T: io::Write>;
    Take<T:>;
}

#[diagnostic::do_not_recommend]
impl<M, N, A: Descriptors<M>, B: Descriptors<N>> Holds<via::Wrapped<(M, N)>> for Chain<A, B> {
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        let (first, second) = self.get_ref();
        first.each(visit);
        second.each(visit);
    }
}

/// The pipes to a program that was started before entry.
#[diagnostic::do_not_recommend]
impl Holds for Child {
    fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
        Holds::each(&self.stdin, visit);
        Holds::each(&self.stdout, visit);
        Holds::each(&self.stderr, visit);
    }
}

macro_rules! tuples {
    ($(($($ty:ident $via:ident $place:tt),+);)*) => {
        $(#[diagnostic::do_not_recommend]
        impl<$($ty: Descriptors<$via>, $via),+> Holds<via::Tuple<($($via,)+)>> for ($($ty,)+) {
            fn each(&self, visit: &mut dyn FnMut(BorrowedFd<'_>)) {
                $(self.$place.each(visit);)+
            }
        })*
    };
}
tuples! {
    (A Va 0);
    (A Va 0, B Vb 1);
    (A Va 0, B Vb 1, C Vc 2);
    (A Va 0, B Vb 1, C Vc 2, D Vd 3);
    (A Va 0, B Vb 1, C Vc 2, D Vd 3, E Ve 4);
    (A Va 0, B Vb 1, C Vc 2, D Vd 3, E Ve 4, F Vf 5);
}
