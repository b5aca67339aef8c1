//! libseccomp as it is installed here: what it gets wrong, what is accepted of it, and as the emitter's oracle;
//! what it makes of declarations, held against the model.

mod accepted;
mod miscompiled;
mod modelled;
mod oracle;

use sandbox_policy::linux::bpf::{Program, disagreements};
use sandbox_policy::linux::{Action, Arch, Call, CallRules, Filter, Ranges, Rule, Test};

use super::*;

const EPERM: Action = Action::Errno(1);

#[cfg(target_arch = "x86_64")]
const ARCH: Arch = Arch::X86_64;
#[cfg(target_arch = "aarch64")]
const ARCH: Arch = Arch::Aarch64;
#[cfg(target_arch = "riscv64")]
const ARCH: Arch = Arch::Riscv64;

fn filter(calls: impl IntoIterator<Item = (Call, Vec<Rule>)>) -> Filter {
    let calls = calls.into_iter().map(|(call, rules)| CallRules { call, rules, otherwise: EPERM });
    let mut calls: Vec<_> = calls.filter(|entry| entry.call.number(ARCH).is_some()).collect();
    calls.sort_by_key(|entry| entry.call.number(ARCH));
    Filter { arch: ARCH, calls, otherwise: EPERM }
}

fn allow(tests: impl IntoIterator<Item = Test>) -> Rule {
    Rule { tests: tests.into_iter().collect(), action: Action::Allow }
}

fn among(argument: u8, numbers: impl IntoIterator<Item = u32>) -> Test {
    Test::In(argument, Ranges::of(numbers))
}

#[track_caller]
fn agrees(filter: &Filter, program: &Program) {
    let found: Vec<_> = disagreements(filter, program).disagreements.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{filter}\n{}", found.join("\n"));
}
