//! Sets of rights and their algebra.

use std::fmt;

use crate::vocabulary::{self, Row};

/// A set of primitive rights.
///
/// Composite rights (`pread`, `sock_client` …) are sets of several primitives, as in FreeBSD's rights(4): `pread` *is*
/// `read + seek`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Rights(u128);

macro_rules! primitives {
    ($($(#[$doc:meta])* $name:ident)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts the positions below")]
        enum Position { $($name),* }
        impl Rights {
            $($(#[$doc])* pub const $name: Self = Self(1 << Position::$name as u32);)*

            /// Every primitive right with the name of its constant, which stands in binaries and never changes.
            pub const PRIMITIVES: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

#[rustfmt::skip]
primitives! {
    #[doc = "`read`"] READ
    #[doc = "`write`"] WRITE
    #[doc = "`seek_tell`: ask for the position"] SEEK_TELL
    #[doc = "what `seek` has over `seek_tell`"] SEEK_SET
    #[doc = "`mmap`"] MMAP
    #[doc = "what `mmap_x` has over `mmap`"] MMAP_EXEC
    #[doc = "`create`"] CREATE
    #[doc = "`fexecve`"] FEXECVE
    #[doc = "`fsync`"] FSYNC
    #[doc = "`ftruncate`"] FTRUNCATE
    #[doc = "`lookup`"] LOOKUP
    #[doc = "`fchdir`"] FCHDIR
    #[doc = "`fchflags`"] FCHFLAGS
    #[doc = "`fchmod`"] FCHMOD
    #[doc = "`fchown`"] FCHOWN
    #[doc = "`fcntl`"] FCNTL
    #[doc = "`flock`"] FLOCK
    #[doc = "`fpathconf`"] FPATHCONF
    #[doc = "`fsck`"] FSCK
    #[doc = "`fstat`"] FSTAT
    #[doc = "`fstatfs`"] FSTATFS
    #[doc = "`futimes`"] FUTIMES
    #[doc = "`linkat_target`"] LINKAT_TARGET
    #[doc = "`mkdirat`"] MKDIRAT
    #[doc = "`mkfifoat`"] MKFIFOAT
    #[doc = "`mknodat`"] MKNODAT
    #[doc = "`renameat_source`"] RENAMEAT_SOURCE
    #[doc = "`symlinkat`"] SYMLINKAT
    #[doc = "`unlinkat`"] UNLINKAT
    #[doc = "`accept`"] ACCEPT
    #[doc = "`bind`"] BIND
    #[doc = "`connect`"] CONNECT
    #[doc = "`getpeername`"] GETPEERNAME
    #[doc = "`getsockname`"] GETSOCKNAME
    #[doc = "`getsockopt`"] GETSOCKOPT
    #[doc = "`listen`"] LISTEN
    #[doc = "`peeloff`"] PEELOFF
    #[doc = "`setsockopt`"] SETSOCKOPT
    #[doc = "`shutdown`"] SHUTDOWN
    #[doc = "`bindat`"] BINDAT
    #[doc = "`connectat`"] CONNECTAT
    #[doc = "`linkat_source`"] LINKAT_SOURCE
    #[doc = "`renameat_target`"] RENAMEAT_TARGET
    #[doc = "`fchroot`"] FCHROOT
    #[doc = "`mac_get`"] MAC_GET
    #[doc = "`mac_set`"] MAC_SET
    #[doc = "`sem_getvalue`"] SEM_GETVALUE
    #[doc = "`sem_post`"] SEM_POST
    #[doc = "`sem_wait`"] SEM_WAIT
    #[doc = "`event`"] EVENT
    #[doc = "`kqueue_event`"] KQUEUE_EVENT
    #[doc = "`ioctl`"] IOCTL
    #[doc = "`ttyhook`"] TTYHOOK
    #[doc = "`pdgetpid`"] PDGETPID
    #[doc = "`pdwait`"] PDWAIT
    #[doc = "`pdkill`"] PDKILL
    #[doc = "`extattr_delete`"] EXTATTR_DELETE
    #[doc = "`extattr_get`"] EXTATTR_GET
    #[doc = "`extattr_list`"] EXTATTR_LIST
    #[doc = "`extattr_set`"] EXTATTR_SET
    #[doc = "`acl_check`"] ACL_CHECK
    #[doc = "`acl_delete`"] ACL_DELETE
    #[doc = "`acl_get`"] ACL_GET
    #[doc = "`acl_set`"] ACL_SET
    #[doc = "`kqueue_change`"] KQUEUE_CHANGE
    #[doc = "`inotify_add`"] INOTIFY_ADD
    #[doc = "`inotify_rm`"] INOTIFY_RM
    #[doc = "`isatty`"] ISATTY
    #[doc = "`winsize`"] WINSIZE
    #[doc = "`nonblocking`"] NONBLOCKING
    #[doc = "`dup`"] DUP
}

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);
    /// `seek`: read and set the position.
    pub const SEEK: Self = Self::SEEK_TELL.union(Self::SEEK_SET);
    /// `pread`: read at a position.
    pub const PREAD: Self = Self::READ.union(Self::SEEK);
    /// `pwrite`: write at a position.
    pub const PWRITE: Self = Self::WRITE.union(Self::SEEK);

    /// The set with these bits; for code that the macro generates.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The set as bits, one a primitive right. The numbering may change between versions.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every right of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the sets have a right in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Every row of the vocabulary that the set grants, composites included: the closure under implication.
    pub fn granted(self) -> impl Iterator<Item = &'static Row> {
        vocabulary::rows().filter(move |row| self.contains(row.rights))
    }

    /// The shortest list of names that says this set: composites only where they are the only way to say it.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let mut left = self;
        let mut said: Vec<&Row> = Vec::new();
        for row in vocabulary::rows().filter(|row| row.is_spoken()) {
            if self.contains(row.rights) && row.rights.intersects(left) {
                let covered_by_later = vocabulary::rows().any(|wider| {
                    wider.is_spoken()
                        && !wider.is_composite()
                        && wider.rights != row.rights
                        && self.contains(wider.rights)
                        && wider.rights.contains(row.rights)
                });
                if !covered_by_later {
                    left = left.difference(row.rights);
                    said.push(row);
                }
            }
        }
        // What the later ones say together need not be said.
        let mut at = 0;
        while at < said.len() {
            let others = said[..at].iter().chain(&said[at + 1..]);
            if others.fold(Self::NONE, |all, row| all.union(row.rights)) == self {
                said.remove(at);
            } else {
                at += 1;
            }
        }
        // Paths start there before anything is done with what they lead to.
        said.sort_by_key(|row| row.rights != Self::LOOKUP);
        said.into_iter().map(|row| row.name).collect()
    }
}

impl std::ops::BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Display for Rights {
    /// As it is written in a declaration: `read + seek`, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        f.write_str(&self.names().join(" + "))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}
