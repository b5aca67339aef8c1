//! Which filters libseccomp compiles right, and what it is told for them.
//!
//! Its code generator loses the reload of an argument where rules of one call compare different arguments, and then
//! allows what no rule allows. What is accepted is therefore narrow: the rules of a call all have one action, compare
//! the same arguments under the same masks, and what they do not match gets the filter's default. Such rules are chains
//! of one shape that exclude each other, and no block of one call looks like a block that another call would need.
//!
//! It has no word for an answer to all that a call's rules do not match. Where they compare one number, that is spelled
//! out: the numbers outside of the set, as blocks that a mask selects. Every rule still compares this one argument.
//! Where they compare more, there is one thing left that costs nothing but words: a call that would only have been
//! refused with an explanation is refused without ([`unexplained`]).

use std::collections::BTreeSet;
use std::fmt;

use sandbox_policy::linux::{Action, Call, CallRules, Filter, Rule, Test};

/// The most rules that a call is given: one a combination of numbers. libseccomp's time grows with their square.
const MOST: usize = 512;

/// One rule of libseccomp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) call: Call,
    pub(super) number: u32,
    /// Never the filter's default, for which libseccomp refuses rules.
    pub(super) action: Action,
    /// At most one an argument, by argument. None: always.
    pub(super) comparisons: Vec<Comparison>,
}

/// Under the mask the argument, all 64 bits of it, equals the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Comparison {
    pub(super) argument: u8,
    pub(super) mask: u64,
    pub(super) value: u64,
}

/// A filter that libseccomp might compile wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) call: Call,
    pub(super) reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// What its rules do not match gets this instead of the default, and they compare more than one number. A rule
    /// without comparisons would not do: libseccomp drops the others, or it, in silence.
    Otherwise(Action),
    /// Its rules do different things.
    Actions,
    /// Its rules compare different arguments, or different bits of them.
    Arguments,
    /// A rule compares this argument twice.
    Twice(u8),
    /// Its sets hold too many numbers: there is no comparison of 32-bit ranges.
    Many,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libseccomp would not compile the rules of `{}` right: ", self.call)?;
        match self.reason {
            Reason::Otherwise(action) => {
                write!(
                    f,
                    "what they do not match has an answer of its own ({action}), and they compare several numbers"
                )
            }
            Reason::Actions => f.write_str("they have different answers"),
            Reason::Arguments => f.write_str("they compare different arguments, or different bits of one"),
            Reason::Twice(argument) => write!(f, "one compares argument {argument} twice"),
            Reason::Many => write!(f, "they need more than {MOST} comparisons"),
        }
    }
}

/// What libseccomp is told for this filter.
pub(super) fn rules(filter: &Filter) -> Result<Vec<Told>, Refused> {
    let mut told = Vec::new();
    for entry in &filter.calls {
        let Some(number) = entry.call.number(filter.arch) else { continue };
        let combinations = of_call(entry, filter.otherwise).map_err(|reason| Refused { call: entry.call, reason })?;
        told.extend(combinations.into_iter().map(|(action, comparisons)| Told {
            call: entry.call,
            number,
            action,
            comparisons,
        }));
    }
    Ok(told)
}

type Combination = Vec<Comparison>;

fn of_call(entry: &CallRules, default: Action) -> Result<Vec<(Action, Combination)>, Reason> {
    // A rule without tests ends the list: it is what the others do not match.
    let last = entry.rules.iter().position(|rule| rule.tests.is_empty());
    let (conditional, otherwise) = match last {
        Some(last) => (&entry.rules[..last], entry.rules[last].action),
        None => (&entry.rules[..], entry.otherwise),
    };
    let Some(first) = conditional.first() else {
        return Ok(if otherwise == default { Vec::new() } else { vec![(otherwise, Vec::new())] });
    };
    if conditional.iter().any(|rule| rule.action != first.action) {
        return Err(Reason::Actions);
    }
    if otherwise != default {
        return divided(conditional, first.action, otherwise);
    }
    let mut combinations = BTreeSet::new();
    let mut shape = None;
    for rule in conditional {
        let sets = sets(rule)?;
        let this: Vec<_> = sets.iter().map(|set| (set.argument, set.mask)).collect();
        if *shape.get_or_insert_with(|| this.clone()) != this {
            return Err(Reason::Arguments);
        }
        combine(&sets, &mut combinations)?;
    }
    if first.action == default {
        return Ok(Vec::new());
    }
    Ok(combinations.into_iter().map(|combination| (first.action, combination)).collect())
}

/// Rules for the numbers that one argument may be, and for all others: nothing is left for the default.
fn divided(conditional: &[Rule], action: Action, otherwise: Action) -> Result<Vec<(Action, Combination)>, Reason> {
    let mut compared = None;
    let mut inside = BTreeSet::new();
    for rule in conditional {
        let [Set { argument, mask: LOW, ref values }] = sets(rule)?[..] else {
            return Err(Reason::Otherwise(otherwise));
        };
        if *compared.get_or_insert(argument) != argument {
            return Err(Reason::Otherwise(otherwise));
        }
        inside.extend(values);
    }
    let (Some(argument), false) = (compared, inside.is_empty()) else { return Ok(vec![(otherwise, Vec::new())]) };
    let inside: Vec<u64> = inside.into_iter().collect();
    let mut blocks = Vec::new();
    outside(&inside, 0, u32::BITS, &mut blocks);
    if inside.len() + blocks.len() > MOST {
        return Err(Reason::Many);
    }
    let one = |mask, value| vec![Comparison { argument, mask, value }];
    let inside = inside.iter().map(|&value| (action, one(LOW, value)));
    Ok(inside.chain(blocks.iter().map(|&(mask, value)| (otherwise, one(mask, value)))).collect())
}

/// The blocks of numbers that hold none of `values`, among the 2^`bits` from `first` on; a block is a mask and what is
/// under it.
fn outside(values: &[u64], first: u64, bits: u32, blocks: &mut Vec<(u64, u64)>) {
    if values.is_empty() {
        blocks.push((LOW >> bits << bits, first));
    } else if bits > 0 {
        let middle = first | 1 << (bits - 1);
        let (low, high) = values.split_at(values.partition_point(|&value| value < middle));
        outside(low, first, bits - 1, blocks);
        outside(high, middle, bits - 1, blocks);
    }
}

/// The filter that this engine can make of the given one: where only the explanation of a refusal is out of reach, the
/// call is refused as the filter refuses everything else. Nothing is permitted that was not.
pub(super) fn unexplained(filter: &Filter) -> Filter {
    let mut filter = filter.clone();
    let Action::Errno(_) = filter.otherwise else { return filter };
    for entry in filter.calls.iter_mut().filter(|entry| entry.otherwise == Action::Trap) {
        if of_call(entry, filter.otherwise).is_err() {
            entry.otherwise = filter.otherwise;
        }
    }
    filter
}

/// The bits of a number of 32.
const LOW: u64 = u32::MAX as u64;

/// The values that one argument may have under a mask.
struct Set {
    argument: u8,
    mask: u64,
    values: Vec<u64>,
}

/// A rule's tests as sets of values, by argument.
fn sets(rule: &Rule) -> Result<Vec<Set>, Reason> {
    let mut sets = Vec::new();
    for test in &rule.tests {
        let argument = test.argument();
        sets.push(match *test {
            Test::In(_, ref numbers) => {
                let count: u64 = numbers.as_slice().iter().map(|&(low, high)| u64::from(high - low) + 1).sum();
                if count > MOST as u64 {
                    return Err(Reason::Many);
                }
                let values = numbers.as_slice().iter().flat_map(|&(low, high)| low..=high).map(u64::from).collect();
                Set { argument, mask: LOW, values }
            }
            // A value with bits that the mask clears is never met.
            Test::Masked(_, mask, value) => {
                let values = if value & !mask == 0 { vec![value.into()] } else { Vec::new() };
                Set { argument, mask: mask.into(), values }
            }
            Test::Is64(_, value) => Set { argument, mask: u64::MAX, values: vec![value] },
        });
    }
    sets.sort_by_key(|set| set.argument);
    match sets.windows(2).find(|pair| pair[0].argument == pair[1].argument) {
        Some(pair) => Err(Reason::Twice(pair[0].argument)),
        None => Ok(sets),
    }
}

/// Adds every combination of the sets' values.
fn combine(sets: &[Set], combinations: &mut BTreeSet<Combination>) -> Result<(), Reason> {
    let count = sets.iter().map(|set| set.values.len()).try_fold(1_usize, usize::checked_mul);
    if count.is_none_or(|count| count > MOST) {
        return Err(Reason::Many);
    }
    let mut rows: Vec<Combination> = vec![Vec::new()];
    for &Set { argument, mask, ref values } in sets {
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(move |&value| {
                    let mut row = row.clone();
                    row.push(Comparison { argument, mask, value });
                    row
                })
            })
            .collect();
    }
    combinations.extend(rows);
    if combinations.len() > MOST { Err(Reason::Many) } else { Ok(()) }
}
