//! What the handler knows: made before entry, never changed, never freed.

use sandbox_policy::freebsd::{CapabilityPlan, Trap};
use sandbox_policy::{Policy, Rights};

use crate::sys::refusal::Words;

pub(in crate::sys::freebsd) struct Table {
    /// The confined function.
    pub(super) function: Box<str>,
    /// Whether a refused call ends the process.
    pub(super) kill: bool,
    /// Whether standard error can be written: a refused write in the handler would end the process.
    pub(super) stderr: bool,
    /// Whether a directory is declared.
    pub(super) directories: bool,
    /// What each number may be used for.
    pub(super) numbers: Box<[Number]>,
    /// The names of the rights.
    pub(super) words: Words,
}

pub(super) struct Number {
    pub(super) value: u32,
    pub(super) name: Box<str>,
    pub(super) rights: Rights,
    /// The rights as they are written in a declaration.
    pub(super) said: Box<str>,
}

impl Table {
    pub(super) fn new(policy: &Policy<'_>, plan: &CapabilityPlan) -> Self {
        let numbers = plan.descriptors.iter().map(|descriptor| Number {
            value: descriptor.number,
            name: descriptor.name.as_str().into(),
            rights: descriptor.declared,
            said: descriptor.declared.to_string().into(),
        });
        Self {
            function: policy.name.into(),
            kill: plan.trap == Trap::Kill,
            stderr: plan.descriptor(2).is_some_and(|stderr| stderr.constants.contains(&"CAP_WRITE")),
            directories: plan.descriptors.iter().any(|descriptor| descriptor.declared.contains(Rights::LOOKUP)),
            numbers: numbers.collect(),
            words: Words::new(),
        }
    }

    pub(super) fn number(&self, number: u32) -> Option<&Number> {
        self.numbers.iter().find(|known| known.value == number)
    }
}
