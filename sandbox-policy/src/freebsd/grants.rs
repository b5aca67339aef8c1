//! What each descriptor number may be used for: the union of what the resources that hold it declare.

use super::PlanError;
use crate::vocabulary::Enforcement;
use crate::{Fcntls, Grant, Origin, Policy, Resource, Rights};

/// The stream that keeps `write` unless the declaration names it.
const STDERR: u32 = 2;

/// A descriptor that a resource of the policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// The resource, as an index into the policy's.
    pub resource: usize,
    /// The descriptor's number.
    pub number: u32,
    /// Whether it is a socket: `nonblocking` is another call there.
    pub socket: bool,
}

/// The union of what resources grant to one number.
pub(super) struct NumberGrant {
    pub(super) number: u32,
    /// The first resource that holds it; `stderr` for the implicit one.
    pub(super) name: String,
    pub(super) rights: Rights,
    /// The rights of what it mints, which FreeBSD takes from the listener itself.
    pub(super) minted: Rights,
    pub(super) ioctls: Vec<u32>,
    pub(super) fcntls: Fcntls,
    pub(super) socket: bool,
}

impl NumberGrant {
    fn add(&mut self, grant: &Grant<'_>) {
        self.rights = self.rights.union(grant.rights);
        self.lists(grant);
        let mut minted = grant.minted;
        while let Some(grant) = minted {
            self.minted = self.minted.union(grant.rights);
            self.lists(grant);
            minted = grant.minted;
        }
    }

    fn lists(&mut self, grant: &Grant<'_>) {
        self.ioctls.extend(grant.ioctls);
        self.fcntls = self.fcntls.union(grant.fcntls);
    }
}

/// The grants by number, ascending.
pub(super) fn by_number(policy: &Policy<'_>, granted: &[Granted]) -> Result<Vec<NumberGrant>, PlanError> {
    for resource in policy.resources {
        enforceable(resource.name, &resource.grant)?;
    }
    let mut grants: Vec<NumberGrant> = Vec::new();
    for held in granted {
        let Resource { name, grant, origin: _ } = &policy.resources[held.resource];
        if !grant.gone {
            let place = at(&mut grants, held.number, name);
            grants[place].add(grant);
            grants[place].socket |= held.socket;
        }
    }
    if !declares_stderr(policy) {
        let place = at(&mut grants, STDERR, "stderr");
        grants[place].add(&Grant::of(Rights::WRITE));
    }
    Ok(grants)
}

/// The place of a number, where it gets a grant of nothing if it has none.
fn at(grants: &mut Vec<NumberGrant>, number: u32, name: &str) -> usize {
    match grants.binary_search_by_key(&number, |grant| grant.number) {
        Ok(place) => place,
        Err(place) => {
            let empty = NumberGrant {
                number,
                name: name.to_owned(),
                rights: Rights::NONE,
                minted: Rights::NONE,
                ioctls: Vec::new(),
                fcntls: Fcntls::NONE,
                socket: false,
            };
            grants.insert(place, empty);
            place
        }
    }
}

/// Whether the declaration says anything about standard error.
fn declares_stderr(policy: &Policy<'_>) -> bool {
    policy.resources.iter().any(|resource| resource.name == "stderr" && resource.origin == Origin::Stream)
}

/// Every right must be one that FreeBSD can enforce.
fn enforceable(resource: &str, grant: &Grant<'_>) -> Result<(), PlanError> {
    for row in grant.rights.granted().filter(|row| !row.is_composite()) {
        if let Enforcement::Refused(reason) = row.on_freebsd {
            return Err(PlanError::Refused { resource: resource.to_owned(), right: row.name, reason });
        }
    }
    match grant.minted {
        Some(minted) => enforceable(resource, minted),
        None => Ok(()),
    }
}
