//! A policy that owns what it says: read from a binary, or put together at run time.

use crate::{Allow, Declared, Grant, OnViolation, Origin, Policy, Resource};

/// A [`Policy`] with its own strings and lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedPolicy {
    /// The confined function, or the name given to the builder.
    pub name: String,
    /// The declared resources, in the order of the declaration.
    pub resources: Vec<OwnedResource>,
    /// What is allowed that is not a descriptor.
    pub allow: Allow,
    /// What happens to a refused call.
    pub on_violation: OnViolation,
}

/// A [`Resource`] with its own name and lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedResource {
    /// Its name in the declaration.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What may be done with it.
    pub declared: Declared,
}

impl OwnedPolicy {
    /// Calls `use_it` with the policy as the lowering takes it.
    pub fn with<R>(&self, use_it: impl FnOnce(&Policy<'_>) -> R) -> R {
        let minted: Vec<Option<Grant<'_>>> =
            self.resources.iter().map(|resource| resource.declared.minted_grant()).collect();
        let resources: Vec<Resource<'_>> = self
            .resources
            .iter()
            .zip(&minted)
            .map(|(resource, minted)| Resource {
                name: &resource.name,
                origin: resource.origin,
                grant: resource.declared.grant(minted.as_ref()),
            })
            .collect();
        use_it(&Policy { name: &self.name, resources: &resources, allow: self.allow, on_violation: self.on_violation })
    }
}
