//! Everything that the runtime is to do, as data.

use std::fmt;

use super::grants::NumberGrant;
use super::{Filter, Landlock};
use crate::{Fcntls, Rights};

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
            let _ = writeln!(text, "  {grant}");
        }
        let _ = match self.numbers.limit {
            Some(0) => writeln!(text, "  no descriptor can be made: RLIMIT_NOFILE is 0"),
            Some(limit) => writeln!(
                text,
                "  no descriptor can be made: RLIMIT_NOFILE is {limit}, for poll, and every number below it is taken"
            ),
            None => writeln!(
                text,
                "  numbers below {} never change their meaning; {} stands for closed ones",
                self.numbers.bound, self.inert
            ),
        };
        let _ = write!(text, "landlock\n{}", self.landlock);
        let _ = write!(text, "filter (a0 to a5: arguments, the low 32 bits unless said)\n{}", self.filter);
        text
    }
}

impl fmt::Display for NumberGrant {
    /// The number, the name and the rights as they are declared.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        if self.last != self.number {
            f.write_str(" and above")?;
        }
        write!(f, " `{}`: ", self.name)?;
        let lists = Rights::IOCTL.union(Rights::FCNTL);
        let mut terms: Vec<String> = Vec::new();
        if self.rights.difference(lists).is_empty() {
            terms.extend(self.rights.is_empty().then(|| "hold".to_owned()));
        } else {
            terms.push(self.rights.difference(lists).to_string());
        }
        if !self.ioctls.is_empty() {
            let requests: Vec<_> = self.ioctls.iter().map(|request| format!("{request:#x}")).collect();
            terms.push(format!("ioctl({})", requests.join(", ")));
        }
        if !self.fcntls.is_empty() {
            let commands = Fcntls::NAMED.iter().filter(|(_, command)| self.fcntls.contains(*command));
            let commands: Vec<_> = commands.map(|(name, _)| *name).collect();
            terms.push(format!("fcntl({})", commands.join(", ")));
        }
        f.write_str(&terms.join(" + "))?;
        if self.append {
            f.write_str(" (append mode, and stays so)")?;
        }
        Ok(())
    }
}
