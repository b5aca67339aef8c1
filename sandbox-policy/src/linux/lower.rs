//! From a policy and the numbers of its descriptors to a plan.

use super::base::{self, Need};
use super::landlock::Landlock;
use super::rule::CallRule;
use super::{Action, Arch, Call, CallRules, Filter, Names, Numbers, Plan, PlanError, Ranges, Refusal, Rule, Test};
use super::{directory, grants, lists};
use crate::linux::grants::NumberGrant;
use crate::{Allow, OnViolation, Policy, Rights};

/// A descriptor that a resource of the policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// The resource, as an index into the policy's.
    pub resource: usize,
    /// The descriptor's number.
    pub number: u32,
    /// Whether it was opened for appending.
    pub append: bool,
}

/// What the plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The architecture.
    pub arch: Arch,
    /// The version of Landlock's interface; 0 if the kernel has none.
    pub landlock: u32,
    /// The process's own number.
    pub pid: u32,
    /// The number under which the inert descriptor stands.
    pub inert: u32,
    /// Whether this is a debug build, where `allow(debuggable)` has effect.
    pub debug_build: bool,
}

/// A magic first argument with which getppid(2), otherwise refused, answers [`CANARY_ERRNO`]: the proof that this
/// filter, and no other, is in force.
pub const CANARY: u32 = 0x5a4d_b0c5;
/// An errno that no kernel returns.
pub const CANARY_ERRNO: u16 = 3517;

/// `O_CLOEXEC`, the only flag with which the trap handler duplicates the inert descriptor.
const O_CLOEXEC: u32 = 0x8_0000;
/// The highest bound below which numbers are pinned.
const MAX_BOUND: u32 = 1024;

/// Lowers a policy.
///
/// # Errors
///
/// If the policy asks for something that Linux cannot enforce, or for more descriptors than can be pinned.
pub fn lower(policy: &Policy<'_>, granted: &[Granted], target: &Target) -> Result<Plan, PlanError> {
    let mut grants = grants::by_number(policy, granted)?;
    let minted = grants::minted(policy);
    let numbers = numbers(&grants, minted.is_some(), target.inert)?;
    if let Some(mut class) = minted {
        class.number = numbers.bound;
        class.last = i32::MAX as u32;
        // A copy shares its status flags with what it is a copy of: append mode must not end by way of the copy.
        class.append = grants.iter().any(|grant| grant.append && grant.rights.contains(Rights::DUP));
        grants.push(class);
    }
    let landlock = landlock(&grants, target)?;
    let mut rules = Rules { rules: Vec::with_capacity(128), pid: target.pid };
    base_set(policy, &mut rules);
    let all = grants.iter().fold(Rights::NONE, |all, grant| all.union(grant.rights));
    for row in all.granted().filter(|row| !row.linux.is_empty()) {
        let numbers = numbers_with(&grants, row.rights);
        if !numbers.is_empty() {
            for rule in row.linux {
                rules.scoped(rule, &numbers, &grants);
            }
        }
    }
    directory::rules(&grants, target.arch, &mut rules);
    lists::rules(&grants, target, &mut rules)?;
    events(&grants, &mut rules);
    closing(numbers, target.inert, &mut rules);
    if grants.iter().any(|grant| grant.rights.contains(Rights::FSTAT)) {
        rules.add(Call::newfstatat, Vec::new(), Action::Trap);
    }
    rules.add(Call::getppid, vec![Test::Masked(0, u32::MAX, CANARY)], Action::Errno(CANARY_ERRNO));
    Ok(Plan {
        function: policy.name.to_owned(),
        filter: filter(policy, rules, target.arch),
        landlock,
        numbers,
        grants,
        inert: target.inert,
        threads: policy.allow.contains(Allow::THREADS),
        debuggable: target.debug_build && policy.allow.contains(Allow::DEBUGGABLE),
    })
}

/// The rules as they are collected: one entry a rule, in any order of calls.
pub(super) struct Rules {
    rules: Vec<(Call, Rule)>,
    pid: u32,
}

impl Rules {
    pub(super) fn add(&mut self, call: Call, tests: Vec<Test>, action: Action) {
        self.rules.push((call, Rule { tests, action }));
    }

    pub(super) fn allow(&mut self, call: Call, tests: Vec<Test>) {
        self.add(call, tests, Action::Allow);
    }

    /// A right's rule, on the numbers that have the right.
    fn scoped(&mut self, rule: &CallRule, numbers: &Ranges, grants: &[NumberGrant]) {
        let mut tests = vec![Test::In(rule.descriptor, numbers.clone())];
        if let Some((argument, needed)) = rule.peer {
            let peers = numbers_with(grants, needed);
            if peers.is_empty() {
                return;
            }
            tests.push(Test::In(argument, peers));
        }
        tests.extend(rule.when.iter().map(|when| when.test(self.pid)));
        self.allow(rule.call, tests);
    }
}

/// The numbers that have all of `rights`.
pub(super) fn numbers_with(grants: &[NumberGrant], rights: Rights) -> Ranges {
    Ranges::new(grants.iter().filter(|grant| grant.rights.contains(rights)).map(|grant| (grant.number, grant.last)))
}

fn base_set(policy: &Policy<'_>, rules: &mut Rules) {
    for entry in base::BASE {
        let wanted = match entry.need {
            Need::Always => true,
            Need::Threads => policy.allow.contains(Allow::THREADS),
        };
        if wanted {
            let tests = entry.when.iter().map(|when| when.test(rules.pid)).collect();
            rules.allow(entry.call, tests);
        }
    }
}

fn events(grants: &[NumberGrant], rules: &mut Rules) {
    if grants.iter().any(|grant| grant.rights.contains(Rights::EVENT)) {
        for call in [Call::poll, Call::ppoll, Call::select, Call::pselect6] {
            rules.allow(call, Vec::new());
        }
    }
}

/// Closing a pinned number puts the inert descriptor in its place; the handler does it.
fn closing(numbers: Numbers, inert: u32, rules: &mut Rules) {
    if numbers.bound > 0 {
        let pinned = Ranges::new([(0, numbers.bound - 1), (inert, inert)]);
        rules.add(Call::close, vec![Test::In(0, pinned)], Action::Trap);
        rules.allow(
            Call::dup3,
            vec![
                Test::Masked(0, u32::MAX, inert),
                Test::In(1, Ranges::new([(0, numbers.bound - 1)])),
                Test::Masked(2, u32::MAX, O_CLOEXEC),
            ],
        );
    }
    rules.allow(Call::close, Vec::new());
}

/// How numbers are kept from changing their meaning (DESIGN §4.8).
fn numbers(grants: &[NumberGrant], mints: bool, inert: u32) -> Result<Numbers, PlanError> {
    if mints {
        let highest = grants.iter().map(|grant| grant.number).chain([inert]).max().unwrap_or(inert);
        if highest >= MAX_BOUND {
            return Err(PlanError::NumberTooHigh { number: highest, bound: MAX_BOUND });
        }
        return Ok(Numbers { bound: highest + 1, limit: None });
    }
    // poll refuses sets that are larger than the limit, so it stays at the size of the largest set.
    let polled = grants.iter().filter(|grant| grant.rights.contains(Rights::EVENT)).count();
    let limit = u32::try_from(polled).map_err(|_| PlanError::NumberTooHigh { number: u32::MAX, bound: MAX_BOUND })?;
    if limit > MAX_BOUND {
        return Err(PlanError::NumberTooHigh { number: limit, bound: MAX_BOUND });
    }
    Ok(Numbers { bound: limit, limit: Some(limit) })
}

fn landlock(grants: &[NumberGrant], target: &Target) -> Result<Landlock, PlanError> {
    let mut landlock = Landlock::deny_all(target.landlock);
    for grant in grants.iter().filter(|grant| grant.number == grant.last) {
        if grant.rights.contains(Rights::LOOKUP) {
            if target.landlock == 0 {
                return Err(PlanError::NoLandlock { resource: grant.name.clone() });
            }
            landlock.grant(grant.number, grant.rights);
        }
    }
    Ok(landlock)
}

/// Groups the rules by call, removes what other rules say already, and decides what happens to everything else.
fn filter(policy: &Policy<'_>, rules: Rules, arch: Arch) -> Filter {
    let otherwise = match policy.on_violation {
        OnViolation::Error | OnViolation::Report => Action::from(Refusal::EPERM),
        OnViolation::Kill => Action::Kill,
    };
    // The sort is stable: the rules of a call stay in their order. All calls ascend as well.
    let mut rules = rules.rules;
    rules.sort_by_key(|(call, _)| *call);
    let mut rules = rules.into_iter().peekable();
    let mut calls = Vec::with_capacity(128);
    for &call in super::ALL_CALLS {
        let mut of_call = Vec::new();
        while let Some((_, rule)) = rules.next_if(|(of, _)| *of == call) {
            of_call.push(rule);
        }
        let Some(number) = call.number(arch) else { continue };
        let refused = refused(policy, call);
        if !of_call.is_empty() || refused != otherwise {
            calls.push((number, CallRules { call, rules: simplified(of_call), otherwise: refused }));
        }
    }
    calls.sort_by_key(|(number, _)| *number);
    Filter { arch, calls: calls.into_iter().map(|(_, rules)| rules).collect(), otherwise }
}

/// What happens to a call that no rule permits.
fn refused(policy: &Policy<'_>, call: Call) -> Action {
    let errno = Action::from(call.refusal());
    let survived = || {
        base::SURVIVED.iter().any(|(known, _)| *known == call)
            // glibc asks for the overcommit policy when the heap of a thread shrinks.
            || (call == Call::openat && policy.allow.contains(Allow::THREADS))
    };
    match policy.on_violation {
        OnViolation::Error => errno,
        OnViolation::Kill if survived() => errno,
        OnViolation::Kill => Action::Kill,
        OnViolation::Report => match (call.refusal(), call.names()) {
            (Refusal::ENOSYS, _) | (_, Names::Nothing | Names::Process) => errno,
            (
                Refusal::EPERM,
                Names::Descriptor(_)
                | Names::TwoDescriptors(..)
                | Names::Mapping(_)
                | Names::Path(_)
                | Names::PathAt(..)
                | Names::Peer,
            ) => Action::Trap,
        },
    }
}

/// The rules without those that another one of the same action makes superfluous.
fn simplified(mut rules: Vec<Rule>) -> Vec<Rule> {
    let said = |index: usize, rule: &Rule| {
        rules.iter().enumerate().any(|(other, wider)| {
            other != index
                && wider.action == rule.action
                && covers(wider, rule)
                && (!covers(rule, wider) || other < index)
        })
    };
    let kept: Vec<bool> = rules.iter().enumerate().map(|(index, rule)| !said(index, rule)).collect();
    let mut kept = kept.into_iter();
    rules.retain(|_| kept.next().unwrap_or(true));
    rules
}

/// Whether everything that `rule` matches, `wider` matches.
fn covers(wider: &Rule, rule: &Rule) -> bool {
    wider.tests.iter().all(|test| {
        rule.tests.iter().any(|narrower| match (test, narrower) {
            (Test::In(a, set), Test::In(b, subset)) => a == b && set.includes(subset),
            (Test::Masked(..) | Test::Is64(..) | Test::In(..), _) => test == narrower,
        })
    })
}
