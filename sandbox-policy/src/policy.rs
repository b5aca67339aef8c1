//! The policy value: what one declaration says. The macro emits it as a `static`; the builder makes it at run time.

use std::fmt;

use crate::Rights;

/// Everything that one `#[sandboxed(…)]` declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy<'a> {
    /// The confined function, or the name given to the builder.
    pub name: &'a str,
    /// The declared resources, in the order of the declaration.
    pub resources: &'a [Resource<'a>],
    /// What is allowed that is not a descriptor.
    pub allow: Allow,
    /// What happens to a refused call.
    pub on_violation: OnViolation,
}

/// A named resource: no, one or several descriptors with the same rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource<'a> {
    /// Its name in the declaration (`out`, `self.sock`, `stdin`).
    pub name: &'a str,
    /// Where it comes from, for messages.
    pub origin: Origin,
    /// What may be done with it.
    pub grant: Grant<'a>,
}

/// Where a resource comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The function had it: a parameter, a local, a field.
    Given,
    /// The declaration acquired it.
    Acquired,
    /// A standard stream.
    Stream,
}

/// The rights on a resource, with the lists that some rights need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grant<'a> {
    /// The rights.
    pub rights: Rights,
    /// Declared as `none`: the resource is undeclared, said aloud.
    pub gone: bool,
    /// The requests that `ioctl` permits.
    pub ioctls: &'a [u32],
    /// The commands that `fcntl` permits.
    pub fcntls: Fcntls,
    /// The rights of what `accept` mints.
    pub minted: Option<&'a Grant<'a>>,
}

impl<'a> Grant<'a> {
    /// A grant of these rights without lists. With no right it is `hold`: kept open, and nothing else.
    #[must_use]
    pub const fn of(rights: Rights) -> Self {
        Self { rights, gone: false, ioctls: &[], fcntls: Fcntls::NONE, minted: None }
    }

    /// The declaration `none`.
    pub const GONE: Self = Self { rights: Rights::NONE, gone: true, ioctls: &[], fcntls: Fcntls::NONE, minted: None };

    /// With these ioctl requests.
    #[must_use]
    pub const fn ioctls(self, ioctls: &'a [u32]) -> Self {
        Self { ioctls, ..self }
    }

    /// With these fcntl commands.
    #[must_use]
    pub const fn fcntls(self, fcntls: Fcntls) -> Self {
        Self { fcntls, ..self }
    }

    /// With these rights for what `accept` mints.
    #[must_use]
    pub const fn minted(self, minted: &'a Grant<'a>) -> Self {
        Self { minted: Some(minted), ..self }
    }
}

/// A small set whose members have names in a declaration.
macro_rules! named_set {
    ($(#[$about:meta])* $set:ident { $($(#[$doc:meta])* $constant:ident = $bit:literal, $name:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $set(u8);

        impl $set {
            /// None of them.
            pub const NONE: Self = Self(0);
            $($(#[$doc])* pub const $constant: Self = Self(1 << $bit);)*
            /// Every one with its name in a declaration.
            pub const NAMED: &'static [(&'static str, Self)] = &[$(($name, Self::$constant)),*];

            /// The set with these bits; for code that the macro generates.
            #[must_use]
            pub const fn from_bits(bits: u8) -> Self {
                Self(bits)
            }

            /// The set as bits.
            #[must_use]
            pub const fn bits(self) -> u8 {
                self.0
            }

            /// What is in either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Whether all of `other` is in this set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether the set is empty.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The names of what is in it.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                Self::NAMED.iter().filter(move |(_, member)| self.contains(*member)).map(|(name, _)| *name)
            }
        }
    };
}

named_set! {
    /// fcntl(2) commands that can be declared.
    Fcntls {
        /// `getfl`: read the status flags.
        GETFL = 0, "getfl";
        /// `setfl`: set the status flags.
        SETFL = 1, "setfl";
        /// `getown`: read who gets SIGIO.
        GETOWN = 2, "getown";
        /// `setown`: make this process get SIGIO.
        SETOWN = 3, "setown";
    }
}

named_set! {
    /// What a declaration allows that is not a descriptor: `allow(…)`.
    Allow {
        /// `threads`: start threads after entry.
        THREADS = 0, "threads";
        /// `debuggable`: in debug builds, leave the process open to debuggers and core dumps.
        DEBUGGABLE = 1, "debuggable";
    }
}

/// What happens to a refused call: `on_violation = …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnViolation {
    /// The call fails with an errno.
    #[default]
    Error,
    /// The process ends with a signal.
    Kill,
    /// The call fails, and a line on stderr explains it.
    Report,
}

impl OnViolation {
    /// Every one with its name in a declaration.
    pub const NAMED: [(&'static str, Self); 3] =
        [("error", Self::Error), ("kill", Self::Kill), ("report", Self::Report)];

    /// What a declaration that names no reaction means: `report` in debug builds, `error` else.
    #[must_use]
    pub const fn unnamed(debug_build: bool) -> Self {
        if debug_build { Self::Report } else { Self::Error }
    }
}

impl fmt::Display for OnViolation {
    /// Its name in a declaration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Kill => "kill",
            Self::Report => "report",
        })
    }
}
