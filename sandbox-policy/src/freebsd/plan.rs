//! Everything that the runtime is to do, as data.

use std::fmt;

use super::ioctl;
use crate::{Fcntls, Rights};

/// A policy lowered to FreeBSD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityPlan {
    /// The confined function.
    pub function: String,
    /// What each declared descriptor is limited to, by number, ascending. Every other open descriptor is limited to no
    /// right at all.
    pub descriptors: Vec<DescriptorPlan>,
    /// Whether the process stays open to debuggers and core dumps.
    pub debuggable: bool,
    /// Whether a refused call raises SIGTRAP, and what happens then.
    pub trap: Trap,
}

/// What one descriptor is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptorPlan {
    /// Its number.
    pub number: u32,
    /// The first resource that holds it.
    pub name: String,
    /// The rights as declared; the union, if several resources hold it.
    pub declared: Rights,
    /// The constants of rights(4), for cap_rights_limit(2).
    pub constants: Vec<&'static str>,
    /// The requests for cap_ioctls_limit(2), ascending.
    pub ioctls: Vec<u32>,
    /// The commands for cap_fcntls_limit(2).
    pub fcntls: Fcntls,
    /// Where it gets more than was declared, and why.
    pub notes: Vec<String>,
}

/// Whether a refused call raises SIGTRAP (procctl(2), `PROC_TRAPCAP_CTL`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// It only fails.
    Never,
    /// It does, the handler explains it, and the call fails.
    Report,
    /// It does, and the process ends, but for the few calls that std survives.
    Kill,
}

/// A release of FreeBSD, as `kern.osreldate` counts them: 1501000 is 15.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u32);

impl Release {
    /// Whether this release is `since` (`15.0`) or later.
    #[must_use]
    pub fn has(self, since: &str) -> bool {
        let (major, minor) = since.split_once('.').unwrap_or((since, "0"));
        match (major.parse::<u32>(), minor.parse::<u32>()) {
            (Ok(major), Ok(minor)) => self.0 >= major * 100_000 + minor * 1_000,
            _ => false,
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 100_000, self.0 / 1_000 % 100)
    }
}

/// Why a policy has no plan on FreeBSD.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// FreeBSD cannot enforce a right.
    Refused {
        /// The resource that declares it.
        resource: String,
        /// The right.
        right: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// The running kernel does not know a right.
    TooOld {
        /// The resource that declares it.
        resource: String,
        /// The right.
        right: &'static str,
        /// The release that brought it.
        since: &'static str,
        /// The running release.
        running: Release,
    },
    /// An ioctl request is never granted.
    Ioctl {
        /// The request.
        request: u32,
        /// Why not.
        reason: &'static str,
    },
    /// A descriptor has more ioctl requests than the kernel takes.
    TooManyIoctls {
        /// The resource.
        resource: String,
        /// How many there are.
        count: usize,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { resource, right, reason } => {
                write!(f, "`{right}` on `{resource}` cannot be enforced on FreeBSD: {reason}")
            }
            Self::TooOld { resource, right, since, running } => {
                write!(f, "`{right}` on `{resource}` needs FreeBSD {since} or later, this is {running}")
            }
            Self::Ioctl { request, reason } => write!(f, "the ioctl request {request:#x} is never granted: {reason}"),
            Self::TooManyIoctls { resource, count } => {
                write!(f, "`{resource}` has {count} ioctl requests, at most {} can be granted", ioctl::MOST)
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl CapabilityPlan {
    /// The plan of a declared number.
    #[must_use]
    pub fn descriptor(&self, number: u32) -> Option<&DescriptorPlan> {
        self.descriptors.iter().find(|descriptor| descriptor.number == number)
    }

    /// The plan as text.
    #[must_use]
    pub fn describe(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for CapabilityPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}` on FreeBSD", self.function)?;
        writeln!(f, "descriptors")?;
        for descriptor in &self.descriptors {
            write!(f, "{descriptor}")?;
        }
        writeln!(f, "  every other: limited to no right")?;
        writeln!(f, "process")?;
        f.write_str(if self.debuggable {
            "  debuggers and core dumps: allowed\n"
        } else {
            "  debuggers and core dumps: none (PROC_TRACE_CTL, core limit 0)\n"
        })?;
        f.write_str(match self.trap {
            Trap::Never => "  a refused call: fails\n",
            Trap::Report => "  a refused call: raises SIGTRAP, is explained, fails\n",
            Trap::Kill => "  a refused call: raises SIGTRAP, which ends the process\n",
        })?;
        // Stated, because on Linux they must be declared.
        writeln!(f, "  threads, child processes, pipes and copies of descriptors: not limited")?;
        writeln!(f, "  capability mode")
    }
}

impl fmt::Display for DescriptorPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, name, declared, constants, ioctls, fcntls, notes } = self;
        if declared.is_empty() {
            writeln!(f, "  {number} {name}: hold")?;
        } else {
            writeln!(f, "  {number} {name}: {declared}")?;
        }
        let rights = if constants.is_empty() { "none".to_owned() } else { constants.join(" ") };
        writeln!(f, "    rights: {rights}")?;
        if !ioctls.is_empty() {
            let requests: Vec<String> = ioctls
                .iter()
                .map(|&request| match ioctl::name(request) {
                    Some(name) => format!("{name} ({request:#x})"),
                    None => format!("{request:#x}"),
                })
                .collect();
            writeln!(f, "    ioctls: {}", requests.join(" "))?;
        }
        if !fcntls.is_empty() {
            let commands = Fcntls::NAMED.iter().filter(|(_, command)| fcntls.contains(*command));
            writeln!(f, "    fcntls: {}", commands.map(|(name, _)| *name).collect::<Vec<_>>().join(" "))?;
        }
        for note in notes {
            writeln!(f, "    note: {note}")?;
        }
        Ok(())
    }
}
