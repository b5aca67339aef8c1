//! Everything that the runtime is to do, as data.

use std::fmt;

use super::grants::NumberGrant;
use super::{Filter, Landlock};

/// A policy lowered to Linux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The confined function.
    pub function: String,
    /// The seccomp filter.
    pub filter: Filter,
    /// The Landlock domain.
    pub landlock: Landlock,
    /// How numbers are kept from changing their meaning.
    pub numbers: Numbers,
    /// What each number may be used for, ascending; what is minted comes last.
    pub grants: Vec<NumberGrant>,
    /// The number of the inert descriptor.
    pub inert: u32,
    /// Whether threads may be started.
    pub threads: bool,
    /// Whether the process stays open to debuggers and core dumps.
    pub debuggable: bool,
}

/// How descriptor numbers are kept from changing their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Every number below is occupied for ever; what is minted gets one from here on.
    pub bound: u32,
    /// The limit on descriptor numbers (`RLIMIT_NOFILE`), under which nothing can be minted; none if something may.
    pub limit: Option<u32>,
}

/// Why a policy has no plan on Linux.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// Linux cannot enforce a right.
    Refused {
        /// The resource that declares it.
        resource: String,
        /// The right.
        right: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// An ioctl request is never granted.
    Ioctl {
        /// The request.
        request: u32,
        /// Why not.
        reason: &'static str,
    },
    /// A directory needs Landlock, which the kernel lacks.
    NoLandlock {
        /// The directory.
        resource: String,
    },
    /// A number cannot be pinned.
    NumberTooHigh {
        /// The number.
        number: u32,
        /// Numbers must be below.
        bound: u32,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { resource, right, reason } => {
                write!(f, "`{right}` on `{resource}` cannot be enforced on Linux: {reason}")
            }
            Self::Ioctl { request, reason } => write!(f, "the ioctl request {request:#x} is never granted: {reason}"),
            Self::NoLandlock { resource } => {
                write!(f, "the directory `{resource}` needs Landlock, which this kernel does not have")
            }
            Self::NumberTooHigh { number, bound } => {
                write!(f, "descriptor number {number} is too high, numbers below {bound} can be pinned")
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl Plan {
    /// The plan as text.
    #[must_use]
    pub fn describe(&self) -> String {
        use fmt::Write as _;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "`{}` on Linux {}", self.function, self.filter.arch.name());
        let _ = writeln!(text, "descriptors");
        for grant in &self.grants {
            let numbers = if grant.number == grant.last {
                grant.number.to_string()
            } else {
                format!("{} and above", grant.number)
            };
            let _ = writeln!(text, "  {numbers} {}: {}", grant.name, grant.rights);
        }
        let _ = match self.numbers.limit {
            Some(limit) => writeln!(text, "  limit {limit}: nothing can be minted"),
            None => writeln!(text, "  pinned below {}: numbers keep their meaning", self.numbers.bound),
        };
        let _ = write!(text, "landlock\n{}", self.landlock);
        let _ = write!(text, "filter\n{}", self.filter);
        text
    }
}
