//! What the handler knows: made before entry, never changed, never freed.

use sandbox_policy::linux::{Arch, Call, Names, Plan, rule::CallRule};
use sandbox_policy::{OnViolation, Policy, Rights, vocabulary};

use super::super::procfs;
use crate::Error;
use crate::sys::Request;
use crate::sys::refusal::{Declarations, Subject};

/// The number of standard error.
const STDERR: u32 = 2;

pub(in crate::sys::linux) struct Table {
    /// The confined function.
    pub(super) function: Box<str>,
    /// Whether refused calls are explained.
    pub(super) report: bool,
    /// The inert descriptor's number.
    pub(super) inert: u32,
    /// The process's own number.
    pub(super) pid: u32,
    pub(super) arch: Arch,
    /// What each number may be used for.
    pub(super) declarations: Declarations,
    /// Numbers from here on are minted after entry, if anything is.
    bound: u32,
    /// Every call that a trap may bring, by number.
    calls: Box<[(u32, Call)]>,
    /// Which rights permit which calls, in the order of the vocabulary.
    permitting: Box<[Permitting]>,
}

pub(super) struct Permitting {
    rule: &'static CallRule,
    /// What the descriptor needs.
    pub(super) rights: Rights,
    /// A second argument that holds a descriptor, and what that one needs.
    pub(super) peer: Option<(u8, Rights)>,
}

impl Table {
    pub(super) fn new(request: &Request<'_>, plan: &Plan) -> Result<Self, Error> {
        let home = procfs::link("/proc/self/cwd")?;
        let path_of = |number| procfs::link(&format!("/proc/self/fd/{number}")).map(Some);
        let declarations = Declarations::of(request.policy, request.descriptors, Some(home), path_of)?;
        Ok(Self::with(request.policy, plan, declarations))
    }

    pub(super) fn with(policy: &Policy<'_>, plan: &Plan, declarations: Declarations) -> Self {
        let arch = plan.filter.arch;
        let calls = plan.filter.calls.iter().filter_map(|entry| Some((entry.call.number(arch)?, entry.call)));
        let permitting = vocabulary::rows().flat_map(|row| {
            row.linux.iter().map(|rule| Permitting {
                rule,
                rights: with_needs(row.rights),
                peer: rule.peer.map(|(argument, rights)| (argument, with_needs(rights))),
            })
        });
        Self {
            function: policy.name.into(),
            report: policy.on_violation == OnViolation::Report && may_explain(plan),
            inert: plan.inert,
            pid: std::process::id(),
            arch,
            declarations,
            bound: plan.numbers.bound,
            calls: calls.collect(),
            permitting: permitting.collect(),
        }
    }

    pub(super) fn call(&self, number: u32) -> Option<Call> {
        let index = self.calls.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(self.calls[index].1)
    }

    /// Whose rights decide about a number.
    pub(super) fn subject(&self, number: u32) -> Subject<'_> {
        self.declarations.subject(number, number >= self.bound && i32::try_from(number).is_ok())
    }

    /// What must be granted for the call to be permitted with these arguments.
    pub(super) fn permitting(&self, call: Call, arguments: &[u64; 6]) -> Option<&Permitting> {
        self.permitting.iter().find(|permitting| {
            permitting.rule.call == call
                && permitting.rule.when.iter().all(|condition| condition.holds(arguments, self.pid))
        })
    }
}

/// The rights, and what must be declared beside them.
fn with_needs(rights: Rights) -> Rights {
    rights.granted().fold(rights, |all, row| all.union(row.needs))
}

/// Whether the handler may write to standard error. A write that the filter traps inside it would end the process.
fn may_explain(plan: &Plan) -> bool {
    plan.grants.iter().any(|grant| grant.number == STDERR && grant.rights.contains(Rights::WRITE))
}

/// The descriptor that a call is about.
pub(super) fn descriptor(call: Call, arguments: &[u64; 6]) -> Option<u32> {
    match call.names() {
        Names::Descriptor(argument)
        | Names::TwoDescriptors(argument, _)
        | Names::Mapping(argument)
        | Names::PathAt(argument, _) => Some(low(arguments, argument)),
        Names::Nothing | Names::Path(_) | Names::Peer | Names::Process => None,
    }
}

/// The low half of an argument, at which the kernel looks where it is a descriptor or flags.
#[allow(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
pub(super) fn low(arguments: &[u64; 6], argument: u8) -> u32 {
    arguments[usize::from(argument)] as u32
}
