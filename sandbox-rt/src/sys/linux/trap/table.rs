//! What the handler knows: made before entry, never changed, never freed.

use sandbox_policy::linux::{Call, Names, Plan, rule::CallRule};
use sandbox_policy::{OnViolation, Policy, Rights, vocabulary};

use crate::sys::refusal::Words;

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
    /// Whether a directory is declared.
    pub(super) directories: bool,
    /// What each number may be used for, ascending.
    pub(super) numbers: Box<[Number]>,
    /// Every call that a trap may bring, by number.
    pub(super) calls: Box<[(u32, Call)]>,
    /// Which rights permit which calls, in the order of the vocabulary.
    pub(super) permitting: Box<[Permitting]>,
    /// The names of the rights.
    pub(super) words: Words,
}

pub(super) struct Number {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) name: Box<str>,
    pub(super) rights: Rights,
    /// The rights as they are written in a declaration.
    pub(super) said: Box<str>,
}

pub(super) struct Permitting {
    pub(super) rule: &'static CallRule,
    pub(super) rights: Rights,
}

impl Table {
    pub(super) fn new(policy: &Policy<'_>, plan: &Plan) -> Self {
        let arch = plan.filter.arch;
        let calls = plan.filter.calls.iter().filter_map(|entry| Some((entry.call.number(arch)?, entry.call)));
        let numbers = plan.grants.iter().map(|grant| Number {
            first: grant.number,
            last: grant.last,
            name: grant.name.as_str().into(),
            rights: grant.rights,
            said: grant.rights.to_string().into(),
        });
        let permitting =
            vocabulary::rows().flat_map(|row| row.linux.iter().map(|rule| Permitting { rule, rights: row.rights }));
        Self {
            function: policy.name.into(),
            report: policy.on_violation == OnViolation::Report && may_explain(plan),
            inert: plan.inert,
            pid: std::process::id(),
            directories: plan.grants.iter().any(|grant| grant.rights.contains(Rights::LOOKUP)),
            numbers: numbers.collect(),
            calls: calls.collect(),
            permitting: permitting.collect(),
            words: Words::new(),
        }
    }

    pub(super) fn call(&self, number: u32) -> Option<Call> {
        let index = self.calls.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(self.calls[index].1)
    }

    pub(super) fn number(&self, number: u32) -> Option<&Number> {
        self.numbers.iter().find(|known| (known.first..=known.last).contains(&number))
    }

    /// What must be granted for the call to be permitted with these arguments.
    pub(super) fn permitting(&self, call: Call, arguments: &[u64; 6]) -> Option<&Permitting> {
        self.permitting.iter().find(|permitting| {
            permitting.rule.call == call
                && permitting.rule.when.iter().all(|condition| condition.holds(arguments, self.pid))
        })
    }
}

/// Whether the handler may write to standard error. A write that the filter traps inside it would end the process.
fn may_explain(plan: &Plan) -> bool {
    plan.grants.iter().any(|grant| grant.number == STDERR && grant.rights.contains(Rights::WRITE))
}

/// The descriptor that a call is about.
pub(super) fn descriptor(call: Call, arguments: &[u64; 6]) -> Option<u32> {
    #[allow(clippy::cast_possible_truncation, reason = "the kernel looks at the low half of a descriptor")]
    let low = |argument: u8| arguments[usize::from(argument)] as u32;
    match call.names() {
        Names::Descriptor(argument)
        | Names::TwoDescriptors(argument, _)
        | Names::Mapping(argument)
        | Names::PathAt(argument, _) => Some(low(argument)),
        Names::Nothing | Names::Path(_) | Names::Peer | Names::Process => None,
    }
}
