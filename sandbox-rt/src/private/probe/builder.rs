//! Is it a builder?

use super::Probe;
use crate::checks::{FileBuilder, Nothing};
use crate::open::{Open, Writing};

macro_rules! builders {
    ($($(#[$about:meta])* $asked:ident, $any:ident, $method:ident, $of:ident: ($($generics:ident)?) $builder:ty;)*) => {
        $(
            $(#[$about])*
            pub trait $of {}

            impl$(<$generics>)? $of for $builder {}

            impl<T: $of> $of for Option<T> {}

            /// Is it one of them? Yes …
            pub trait $asked {
                /// The type.
                type Asked;
                /// The answer.
                fn $method(&self) -> FileBuilder<Self::Asked>;
            }

            impl<T: $of> $asked for &Probe<T> {
                type Asked = T;

                fn $method(&self) -> FileBuilder<T> {
                    FileBuilder::NEW
                }
            }

            /// … or not.
            pub trait $any {
                /// The answer.
                fn $method(&self) -> FileBuilder<Nothing>;
            }

            impl<T: ?Sized> $any for Probe<T> {
                fn $method(&self) -> FileBuilder<Nothing> {
                    FileBuilder::NEW
                }
            }
        )*
    };
}

builders! {
    /// Builders whose access mode follows from the rights.
    Opens, AnyOpens, __sandbox_opens, OpensFile: (C) Open<C>;
    /// Builders that need `write`.
    Writes, AnyWrites, __sandbox_writes, WritesFile: () Open<Writing>;
}
