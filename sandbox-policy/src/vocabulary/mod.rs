//! The vocabulary: one table, one row a right.
//!
//! The macro, the runtime, the documentation and the tools all read it. The names are FreeBSD's rights(4) in lower
//! case without `CAP_`, and a few portable names for what every program does with a descriptor under different
//! numbers on each system.

mod attribute;
mod data;
mod directory;
pub mod document;
mod event;
mod memory;
mod portable;
mod socket;
pub mod suggest;

use crate::Rights;
use crate::linux::rule::CallRule;

/// A right: what it is called, what it permits, and how each system expresses it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name in a declaration.
    pub name: &'static str,
    /// One sentence on what it permits.
    pub meaning: &'static str,
    /// The primitive rights that it consists of, those it implies included.
    pub rights: Rights,
    /// What must be declared beside it.
    pub needs: Rights,
    /// FreeBSD's constant (rights(4)); none for the portable names.
    pub freebsd: Option<&'static str>,
    /// The first FreeBSD release whose kernel knows the constant, where that is not every supported one.
    pub freebsd_since: Option<&'static str>,
    /// The resources for which it makes sense.
    pub kinds: Kinds,
    /// What a file must be opened for, so that the right can be used.
    pub access: Access,
    /// The calls that it permits on Linux.
    pub linux: &'static [CallRule],
    /// What Landlock permits beneath a directory that has it (`LANDLOCK_ACCESS_FS_*`, linux/landlock.h).
    pub landlock: u64,
    /// How exactly Linux enforces it.
    pub on_linux: Enforcement,
    /// How exactly FreeBSD enforces it.
    pub on_freebsd: Enforcement,
    /// Another name of the same right, never used in messages.
    alias: bool,
}

/// How exactly a system enforces a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// The kernel permits what the right says, and nothing else.
    Exact,
    /// The kernel permits more, as stated.
    Weaker(&'static str),
    /// The kernel permits less, as stated.
    Narrower(&'static str),
    /// The system cannot enforce it, for the stated reason; declaring it there is an error.
    Refused(&'static str),
}

/// What a file must be opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
}

impl Access {
    /// The access that a set of rights asks for.
    #[must_use]
    pub fn of(rights: Rights) -> Self {
        rights.granted().fold(Self::default(), |access, row| Self {
            read: access.read || row.access.read,
            write: access.write || row.access.write,
        })
    }

    /// Whether it asks for anything.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.read || self.write
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $text:literal;)*) => {
        /// A set of resource kinds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Kinds(u16);

        impl Kinds {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            /// Every kind with its name in messages, which is also the name of its type in `sandbox_rt::kind`.
            pub const NAMED: &'static [(&'static str, Self)] = &[$(($text, Self::$name)),*];
        }
    };
}

kinds! {
    /// A regular file, or whatever a path led to.
    FILE = 0, "RegularFile";
    /// A directory.
    DIRECTORY = 1, "Directory";
    /// A connected stream socket.
    CONNECTED = 2, "ConnectedSocket";
    /// A listening socket.
    LISTENING = 3, "ListeningSocket";
    /// A datagram socket.
    DATAGRAM = 4, "DatagramSocket";
    /// One end of a pipe.
    PIPE = 5, "PipeEnd";
    /// Standard input, output or error: a terminal, a file, a pipe or a socket.
    STREAM = 6, "StandardStream";
    /// An object of the kernel that is none of these (an epoll instance, an inotify instance, a process descriptor).
    OTHER = 7, "AnyDescriptor";
}

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(0xff);
    /// Kinds that may turn out to be a file.
    pub const FILES: Self = Self::FILE.or(Self::STREAM).or(Self::OTHER);
    /// Kinds that are a socket, or may turn out to be one.
    pub const SOCKETS: Self = Self::CONNECTED.or(Self::LISTENING).or(Self::DATAGRAM).or(Self::STREAM).or(Self::OTHER);
    /// Kinds that may turn out to be a kernel object of another sort.
    pub const OBJECTS: Self = Self::OTHER;
    /// Directories.
    pub const DIRECTORIES: Self = Self::DIRECTORY.or(Self::OTHER);

    /// What is in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every kind of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the sets have a kind in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Row {
    const fn new(name: &'static str, rights: Rights, meaning: &'static str) -> Self {
        Self {
            name,
            meaning,
            rights,
            needs: Rights::NONE,
            freebsd: None,
            freebsd_since: None,
            kinds: Kinds::ALL,
            access: Access { read: false, write: false },
            linux: &[],
            landlock: 0,
            on_linux: Enforcement::Exact,
            on_freebsd: Enforcement::Exact,
            alias: false,
        }
    }

    const fn freebsd(self, constant: &'static str) -> Self {
        Self { freebsd: Some(constant), ..self }
    }

    const fn since(self, release: &'static str) -> Self {
        Self { freebsd_since: Some(release), ..self }
    }

    const fn needs(self, needs: Rights) -> Self {
        Self { needs, ..self }
    }

    const fn kinds(self, kinds: Kinds) -> Self {
        Self { kinds, ..self }
    }

    const fn reads(self) -> Self {
        Self { access: Access { read: true, ..self.access }, ..self }
    }

    const fn writes(self) -> Self {
        Self { access: Access { write: true, ..self.access }, ..self }
    }

    const fn linux(self, linux: &'static [CallRule]) -> Self {
        Self { linux, ..self }
    }

    const fn landlock(self, landlock: u64) -> Self {
        Self { landlock, ..self }
    }

    const fn on_linux(self, on_linux: Enforcement) -> Self {
        Self { on_linux, ..self }
    }

    const fn on_freebsd(self, on_freebsd: Enforcement) -> Self {
        Self { on_freebsd, ..self }
    }

    const fn alias(self) -> Self {
        Self { alias: true, ..self }
    }

    /// Whether it is a set of rights that each have a row of their own.
    #[must_use]
    pub fn is_composite(&self) -> bool {
        !self.alias
            && rows()
                .filter(|row| !row.alias && row.rights != self.rights && self.rights.contains(row.rights))
                .fold(Rights::NONE, |parts, row| parts.union(row.rights))
                == self.rights
    }

    /// Why no system can grant it, if none can.
    #[must_use]
    pub fn granted_by_none(&self) -> Option<&'static str> {
        match (self.on_linux, self.on_freebsd) {
            (Enforcement::Refused(reason), Enforcement::Refused(_)) => Some(reason),
            (
                Enforcement::Exact | Enforcement::Weaker(_) | Enforcement::Narrower(_) | Enforcement::Refused(_),
                Enforcement::Exact | Enforcement::Weaker(_) | Enforcement::Narrower(_) | Enforcement::Refused(_),
            ) => None,
        }
    }

    /// Whether messages use the name: aliases are understood and never said.
    #[must_use]
    pub const fn is_spoken(&self) -> bool {
        !self.alias
    }
}

/// Every row, primitive rights before the composites that contain them.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [data::ROWS, memory::ROWS, attribute::ROWS, directory::ROWS, socket::ROWS, event::ROWS, portable::ROWS]
        .into_iter()
        .flatten()
}

/// The row with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Row> {
    rows().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;
