//! From the rules to the graph of decisions.

use super::graph::{Case, Graph, Id, Word};
use crate::linux::{Action, CallRules, Filter, Rule, Test};

/// The graph of a whole filter, and where it begins.
pub(super) fn decide(filter: &Filter) -> (Graph, Id) {
    let mut graph = Graph::with_capacity(2 * filter.calls.len());
    let kill = graph.verdict(Action::Kill);
    let otherwise = graph.verdict(filter.otherwise);

    let mut blocks: Vec<(u32, Id)> = Vec::with_capacity(filter.calls.len());
    for entry in &filter.calls {
        if let Some(number) = entry.call.number(filter.arch) {
            blocks.push((number, block(&mut graph, entry)));
        }
    }
    // The sort is stable: of several entries for a call the first decides.
    blocks.sort_by_key(|&(number, _)| number);
    blocks.dedup_by_key(|&mut (number, _)| number);

    let mut cases = Vec::with_capacity(2 * blocks.len() + 2);
    cases.push(Case { from: 0, to: otherwise });
    for (number, to) in blocks {
        cases.push(Case { from: number, to });
        cases.push(Case { from: number + 1, to: otherwise });
    }
    if let Some(foreign) = filter.arch.foreign_numbers_from() {
        cases.retain(|case| case.from < foreign);
        cases.push(Case { from: foreign, to: kill });
    }
    let numbers = graph.switch(Word::NUMBER, cases);
    let start = graph.equal(Word::ARCH, filter.arch.audit(), numbers, kill);
    (graph, start)
}

/// The decisions about one call.
fn block(graph: &mut Graph, entry: &CallRules) -> Id {
    // `starts[r]` tries the rules from `r` on.
    let mut starts = vec![0; entry.rules.len() + 1];
    starts[entry.rules.len()] = graph.verdict(entry.otherwise);
    for (at, rule) in entry.rules.iter().enumerate().rev() {
        let mut next = graph.verdict(rule.action);
        for (position, test) in rule.tests.iter().enumerate().rev() {
            let held = &rule.tests[..position];
            if held.iter().any(|held| implies(held, test)) {
                continue;
            }
            let no = starts[next_possible(&entry.rules, at + 1, held, test)];
            next = decision(graph, test, next, no);
        }
        starts[at] = next;
    }
    starts[0]
}

/// The first rule from `from` on that can still hold where the `held` tests did and `failed` did not.
fn next_possible(rules: &[Rule], from: usize, held: &[Test], failed: &Test) -> usize {
    let impossible = |rule: &Rule| {
        rule.tests.iter().any(|test| implies(test, failed) || held.iter().any(|held| excludes(held, test)))
    };
    (from..rules.len()).find(|&at| !impossible(&rules[at])).unwrap_or(rules.len())
}

/// Whether `other` certainly holds where `test` does.
fn implies(test: &Test, other: &Test) -> bool {
    match (test, other) {
        (Test::In(a, set), Test::In(b, other)) => a == b && other.includes(set),
        (&Test::Masked(a, mask, value), &Test::Masked(b, other_mask, other_value)) => {
            a == b && other_mask & !mask == 0 && value & other_mask == other_value
        }
        (Test::In(..) | Test::Masked(..) | Test::Is64(..), _) => test == other,
    }
}

/// Whether the two tests certainly never hold together.
fn excludes(test: &Test, other: &Test) -> bool {
    if test.argument() != other.argument() {
        return false;
    }
    match (test, other) {
        (Test::In(_, a), Test::In(_, b)) => !a.meets(b),
        (&Test::Masked(_, mask, value), &Test::Masked(_, other_mask, other_value)) => {
            (value ^ other_value) & mask & other_mask != 0
        }
        (Test::Is64(_, a), Test::Is64(_, b)) => a != b,
        (Test::In(..) | Test::Masked(..) | Test::Is64(..), _) => false,
    }
}

fn decision(graph: &mut Graph, test: &Test, yes: Id, no: Id) -> Id {
    match *test {
        Test::In(argument, ref set) => graph.member(Word::low(argument), set.as_slice(), yes, no),
        Test::Masked(argument, mask, value) => graph.masked(Word::low(argument), mask, value, yes, no),
        Test::Is64(argument, value) => {
            #[allow(clippy::cast_possible_truncation, reason = "the halves are compared one by one")]
            let (low, high) = (value as u32, (value >> 32) as u32);
            let low = graph.equal(Word::low(argument), low, yes, no);
            graph.equal(Word::high(argument), high, low, no)
        }
    }
}
