//! What the handler knows: made before entry, never changed, never freed.

use std::os::fd::RawFd;

use sandbox_policy::freebsd::{CapabilityPlan, Trap};

use crate::Error;
use crate::sys::Request;
use crate::sys::refusal::{Declarations, Subject};

pub(in crate::sys::freebsd) struct Table {
    /// The confined function.
    pub(super) function: Box<str>,
    /// What a refused call leads to.
    pub(super) trap: Trap,
    /// Whether standard error can be written: a refused write in the handler would end the process.
    pub(super) stderr: bool,
    /// What each number may be used for. Where directories are, this system need not know.
    pub(super) declarations: Declarations,
    /// What was open at entry.
    open: Box<[RawFd]>,
}

impl Table {
    pub(super) fn new(request: &Request<'_>, plan: &CapabilityPlan, open: &[RawFd]) -> Result<Self, Error> {
        Ok(Self {
            function: request.policy.name.into(),
            trap: plan.trap,
            stderr: plan.descriptor(2).is_some_and(|stderr| stderr.constants.contains(&"CAP_WRITE")),
            declarations: Declarations::of(request.policy, request.descriptors, None, |_| Ok(None))?,
            open: open.into(),
        })
    }

    /// Whose rights decide about a number. What lacks a right and was not there at entry was minted.
    pub(super) fn subject(&self, number: u32) -> Subject<'_> {
        let minted = RawFd::try_from(number).is_ok_and(|number| !self.open.contains(&number));
        self.declarations.subject(number, minted)
    }
}
