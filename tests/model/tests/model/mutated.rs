//! The comparison bites: every rule of the largest filter is spoiled in every way, one at a time, and found wrong.

use sandbox_model::{Process, compare_number};
use sandbox_policy::linux::bpf::{disagreements, emit};
use sandbox_policy::linux::{Action, Arch, CallRules, Filter, Ranges, Rule, Test};

use crate::declarations::{every_rule, others};

/// The ways in which a rule can be wrong.
fn spoiled(rules: &[Rule]) -> Vec<(String, Vec<Rule>)> {
    let mut all = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let mut with = |what: String, change: &dyn Fn(&mut Vec<Rule>)| {
            let mut changed = rules.to_vec();
            change(&mut changed);
            all.push((format!("rule {at}: {what}"), changed));
        };
        with("left out".into(), &|rules| drop(rules.remove(at)));
        for action in [Action::Allow, Action::Errno(1), Action::Errno(38), Action::Trap, Action::Kill] {
            if action != rule.action {
                with(format!("does {action:?}"), &|rules| rules[at].action = action);
            }
        }
        for (test, old) in rule.tests.iter().enumerate() {
            with(format!("without test {test}"), &|rules| drop(rules[at].tests.remove(test)));
            for (what, new) in other_tests(old) {
                with(format!("test {test} {what}"), &|rules| rules[at].tests[test] = new.clone());
            }
        }
    }
    all
}

fn other_tests(test: &Test) -> Vec<(String, Test)> {
    let mut other = Vec::new();
    let elsewhere = |argument: u8| if argument == 5 { 0 } else { argument + 1 };
    match *test {
        Test::In(argument, ref set) => {
            other.push(("of the next argument".into(), Test::In(elsewhere(argument), set.clone())));
            for (at, &(low, high)) in set.as_slice().iter().enumerate() {
                let mut others = set.as_slice().to_vec();
                let (old_low, old_high) = others.remove(at);
                let change = |new: &[(u32, u32)]| Test::In(argument, Ranges::new(others.iter().chain(new).copied()));
                other.push((format!("without {old_low}..={old_high}"), change(&[])));
                if !set.contains(high.wrapping_add(1)) {
                    other.push((
                        format!("with {} too", high.wrapping_add(1)),
                        change(&[(low, high), (high.wrapping_add(1), high.wrapping_add(1))]),
                    ));
                }
            }
        }
        Test::Masked(argument, mask, value) => {
            other.push(("of the next argument".into(), Test::Masked(elsewhere(argument), mask, value)));
            for bit in (0..u32::BITS).map(|bit| 1 << bit).filter(|bit| mask & bit != 0) {
                other.push((format!("without bit {bit:#x}"), Test::Masked(argument, mask & !bit, value & !bit)));
                other.push((format!("with bit {bit:#x} turned"), Test::Masked(argument, mask, value ^ bit)));
            }
        }
        Test::Is64(argument, value) => {
            other.push(("of the next argument".into(), Test::Is64(elsewhere(argument), value)));
            for bit in [0, 1, 31, 32, 63] {
                other.push((format!("with bit {bit} turned"), Test::Is64(argument, value ^ 1 << bit)));
            }
        }
    }
    other
}

/// How many spoiled filters are found wrong, how many are no different, and which are missed.
fn spoil(filter: &Filter, process: &Process) -> (usize, usize, Vec<String>) {
    let (mut found, mut same, mut missed) = (0, 0, Vec::new());
    for entry in &filter.calls {
        let number = entry.call.number(filter.arch).unwrap();
        // What the rest of the filter does is not looked at.
        let alone = Filter { arch: filter.arch, calls: vec![entry.clone()], otherwise: filter.otherwise };
        let mut try_it = |what: String, changed: CallRules| {
            let changed = Filter { arch: filter.arch, calls: vec![changed], otherwise: filter.otherwise };
            let program = emit(&changed).unwrap();
            match compare_number(process, filter.arch, &program, number) {
                // Some make no difference, because other rules say the same: the rules themselves tell.
                Ok(_) if disagreements(&alone, &program).disagreements.is_empty() => same += 1,
                Ok(_) => missed.push(format!("{}, {what}", entry.call)),
                Err(_) => found += 1,
            }
        };
        for (what, rules) in spoiled(&entry.rules) {
            try_it(what, CallRules { rules, ..entry.clone() });
        }
        if !entry.rules.iter().any(|rule| rule.tests.is_empty()) {
            try_it("what no rule permits is allowed".into(), CallRules { otherwise: Action::Allow, ..entry.clone() });
        }
    }
    (found, same, missed)
}

#[test]
fn every_spoiled_rule_is_found() {
    let (mut found, mut same) = (0, 0);
    for declaration in [vec![every_rule()], others()].concat() {
        let filter = declaration.lower(Arch::X86_64).unwrap().filter;
        let (more, no_different, missed) = spoil(&filter, &Process::new(&declaration, Arch::X86_64));
        assert!(missed.is_empty(), "{}: {missed:#?}", declaration.name);
        found += more;
        same += no_different;
    }
    println!("{found} spoiled filters found wrong, {same} no different");
    assert!(found > 20_000 && same * 20 < found, "{found} found, {same} no different");
}
