//! What each descriptor number may be used for.

use super::PlanError;
use super::lower::Granted;
use crate::vocabulary::Enforcement;
use crate::{Fcntls, Grant, Origin, Policy, Resource, Rights};

/// The name of the class of everything that is minted after entry.
const MINTED: &str = "minted";
/// The stream that keeps `write` unless the declaration names it.
const STDERR: u32 = 2;

/// The union of what resources grant to one number, or to the range of numbers from `number` to `last`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberGrant {
    /// The descriptor's number.
    pub number: u32,
    /// The last number of the range; the same as `number` but for what is minted.
    pub last: u32,
    /// The first resource that holds it; `stderr` for the implicit one, `minted` for what is minted.
    pub name: String,
    /// Its rights.
    pub rights: Rights,
    /// ioctl requests, sorted.
    pub ioctls: Vec<u32>,
    /// fcntl commands.
    pub fcntls: Fcntls,
    /// Whether it was opened for appending.
    pub append: bool,
}

impl NumberGrant {
    fn empty(number: u32, name: &str) -> Self {
        Self {
            number,
            last: number,
            name: name.to_owned(),
            rights: Rights::NONE,
            ioctls: Vec::new(),
            fcntls: Fcntls::NONE,
            append: false,
        }
    }

    fn add(&mut self, grant: &Grant<'_>) {
        self.rights = self.rights.union(grant.rights);
        self.fcntls = self.fcntls.union(grant.fcntls);
        self.ioctls.extend(grant.ioctls);
        self.ioctls.sort_unstable();
        self.ioctls.dedup();
    }
}

/// The grants by number, ascending.
pub(super) fn by_number(policy: &Policy<'_>, granted: &[Granted]) -> Result<Vec<NumberGrant>, PlanError> {
    for resource in policy.resources {
        enforceable(resource.name, &resource.grant)?;
    }
    let mut grants: Vec<NumberGrant> = Vec::with_capacity(granted.len() + 2);
    let at = |grants: &mut Vec<NumberGrant>, number: u32, name: &str| match grants
        .binary_search_by_key(&number, |g| g.number)
    {
        Ok(index) => index,
        Err(index) => {
            grants.insert(index, NumberGrant::empty(number, name));
            index
        }
    };
    for held in granted {
        let Resource { name, grant, origin: _ } = &policy.resources[held.resource];
        if grant.gone {
            continue;
        }
        let index = at(&mut grants, held.number, name);
        grants[index].add(grant);
        grants[index].append |= held.append;
    }
    // Without a standard error a declared file may have its number: what is declared for that file holds.
    if !declares_stderr(policy) && grants.iter().all(|grant| grant.number != STDERR) {
        let index = at(&mut grants, STDERR, "stderr");
        grants[index].add(&Grant::of(Rights::WRITE));
    }
    Ok(grants)
}

/// Whether the declaration says anything about standard error.
pub(super) fn declares_stderr(policy: &Policy<'_>) -> bool {
    policy.resources.iter().any(|resource| resource.name == "stderr" && resource.origin == Origin::Stream)
}

/// The class of everything that is minted after entry, if anything is: the union of what its sources declare.
pub(super) fn minted(policy: &Policy<'_>) -> Option<NumberGrant> {
    let mut class = None;
    for resource in policy.resources {
        let grant = &resource.grant;
        let mut add = |grant: &Grant<'_>| class.get_or_insert_with(|| NumberGrant::empty(0, MINTED)).add(grant);
        if grant.rights.contains(Rights::ACCEPT) {
            add(grant.minted.unwrap_or(&Grant::of(Rights::NONE)));
        }
        if grant.rights.intersects(Rights::LOOKUP.union(Rights::DUP)) {
            add(grant);
        }
    }
    class
}

/// Every right must be one that Linux can enforce.
fn enforceable(resource: &str, grant: &Grant<'_>) -> Result<(), PlanError> {
    for row in grant.rights.granted() {
        if let Enforcement::Refused(reason) = row.on_linux
            && !row.is_composite()
        {
            return Err(PlanError::Refused { resource: resource.to_owned(), right: row.name, reason });
        }
    }
    match grant.minted {
        Some(minted) => enforceable(resource, minted),
        None => Ok(()),
    }
}
