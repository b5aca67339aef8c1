//! The same by hand, for programs that decide at run time.

use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use sandbox_policy::{Declared, Grant, OnViolation, Origin, Policy, Resource};

use crate::Error;
use crate::sys::Request;

/// A declaration that is put together at run time.
///
/// ```no_run
/// use sandbox_rt::{Allow, Rights, Sandbox};
///
/// let file = std::fs::File::create("out")?;
/// Sandbox::new("convert")
///     .grant("out", &file, Rights::WRITE | Rights::SEEK)
///     .allow(Allow::Threads)
///     .enter()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is confined before `enter`"]
pub struct Sandbox<'fd> {
    name: String,
    resources: Vec<Granted>,
    allow: sandbox_policy::Allow,
    on_violation: OnViolation,
    landlock_at_most: u32,
    /// The granted descriptors stay open until entry: a number that was closed could mean another object by then.
    held: PhantomData<BorrowedFd<'fd>>,
}

#[derive(Debug, Clone)]
struct Granted {
    name: String,
    origin: Origin,
    declared: Declared,
    descriptors: Vec<RawFd>,
}

/// What may be allowed that is not a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allow {
    /// Threads may be started after entry.
    Threads,
    /// In debug builds, the process stays open to debuggers and core dumps.
    Debuggable,
}

/// A standard stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error. It keeps `write` unless something else is declared.
    Stderr,
}

impl<'fd> Sandbox<'fd> {
    /// A declaration that grants nothing but writing to standard error. `name` stands in messages.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            resources: Vec::new(),
            allow: sandbox_policy::Allow::NONE,
            on_violation: OnViolation::unnamed(cfg!(debug_assertions)),
            landlock_at_most: u32::MAX,
            held: PhantomData,
        }
    }

    /// Grants rights on a descriptor. Rights are a set (`Rights::READ | Rights::SEEK`) or parsed from text
    /// (`"read + seek".parse::<Declared>()?`). One descriptor granted twice has the union.
    pub fn grant(self, name: impl Into<String>, descriptor: &'fd impl AsFd, rights: impl Into<Declared>) -> Self {
        self.add(name.into(), Origin::Given, rights.into(), descriptor.as_fd().as_raw_fd())
    }

    /// Grants rights on a standard stream.
    pub fn stream(self, stream: Stream, rights: impl Into<Declared>) -> Self {
        let (name, number) = match stream {
            Stream::Stdin => ("stdin", 0),
            Stream::Stdout => ("stdout", 1),
            Stream::Stderr => ("stderr", 2),
        };
        self.add(name.into(), Origin::Stream, rights.into(), number)
    }

    fn add(mut self, name: String, origin: Origin, declared: Declared, descriptor: RawFd) -> Self {
        self.resources.push(Granted { name, origin, declared, descriptors: vec![descriptor] });
        self
    }

    /// Allows something that is not a descriptor.
    pub fn allow(mut self, allow: Allow) -> Self {
        self.allow = self.allow.union(match allow {
            Allow::Threads => sandbox_policy::Allow::THREADS,
            Allow::Debuggable => sandbox_policy::Allow::DEBUGGABLE,
        });
        self
    }

    /// What happens to a refused call. Without this: `Report` in debug builds, `Error` else.
    pub fn on_violation(mut self, on_violation: OnViolation) -> Self {
        self.on_violation = on_violation;
        self
    }

    /// Uses at most this version of Landlock's interface, 0 for none: to see what older kernels would enforce.
    #[doc(hidden)]
    pub fn landlock_at_most(mut self, version: u32) -> Self {
        self.landlock_at_most = version;
        self
    }

    /// Confines the process for the rest of its life.
    ///
    /// # Errors
    ///
    /// If the process cannot be confined to exactly this. [`Error::in_force`] tells whether it is as it was.
    pub fn enter(self) -> Result<(), Error> {
        let minted: Vec<Option<Grant<'_>>> =
            self.resources.iter().map(|granted| granted.declared.minted_grant()).collect();
        let resources: Vec<Resource<'_>> = self
            .resources
            .iter()
            .zip(&minted)
            .map(|(granted, minted)| Resource {
                name: &granted.name,
                origin: granted.origin,
                grant: granted.declared.grant(minted.as_ref()),
            })
            .collect();
        let policy =
            Policy { name: &self.name, resources: &resources, allow: self.allow, on_violation: self.on_violation };
        let descriptors: Vec<Vec<RawFd>> = self.resources.iter().map(|granted| granted.descriptors.clone()).collect();
        crate::enter::enter_with(&Request {
            policy: &policy,
            descriptors: &descriptors,
            landlock_at_most: self.landlock_at_most,
        })
    }
}
