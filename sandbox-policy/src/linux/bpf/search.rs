//! The comparisons that lead a loaded word where its case says. Here a case leads to a placed instruction.

use super::assemble::{Assembler, Label};
use super::code::{AND, JUMP_ANY_BIT, JUMP_AT_LEAST, JUMP_EQUAL, LOAD_CONSTANT, SHIFT_BY_INDEX, TO_INDEX};
use super::graph::{Case, target};
use crate::linux::Call;

/// Up to so many single values are compared one after another; more are searched.
const LINEAR: usize = 3;
/// As many cases as so many single values have.
const FEW: usize = 2 * LINEAR + 1;

/// Values that one word of bits tells apart.
const WINDOW: u32 = u32::BITS;

/// The kernel knows no call number from here on.
const NUMBERS: u32 = 512;
/// The calls that programs make most and whose arguments are looked at.
///
/// A call whose verdict does not depend on its arguments needs no place here: since Linux 5.11 the kernel remembers
/// that and does not run the filter at all (`seccomp_cache_check_allow`).
const HOT: [Call; 7] = [Call::read, Call::write, Call::lseek, Call::recvfrom, Call::sendto, Call::futex, Call::ppoll];
/// How many other numbers one of these is worth.
const HOT_WEIGHT: u32 = 32;

impl Assembler {
    /// Searches for a call number.
    ///
    /// When it loads a filter, the kernel tries every number that it knows (`seccomp_cache_prepare`), by an interpreter
    /// that takes longer than all else: so what counts is the way of the average number, hot ones counted more.
    pub(super) fn by_number(&mut self, cases: &[Case]) -> Label {
        let hot: Vec<u32> = HOT.iter().filter_map(|call| call.number(self.arch)).collect();
        let mut weight = 0;
        let mut weights = Vec::with_capacity(cases.len() + 1);
        weights.push(weight);
        for (at, case) in cases.iter().enumerate() {
            let end = cases.get(at + 1).map_or(u32::MAX, |next| next.from);
            let hot = hot.iter().filter(|number| (case.from..end).contains(number));
            weight += end.min(NUMBERS) - case.from.min(NUMBERS) + hot.map(|_| HOT_WEIGHT).sum::<u32>();
            weights.push(weight);
        }
        self.by_weight(cases, &weights)
    }

    /// `weights[n]` is the weight of the cases before the nth, counted from anywhere.
    fn by_weight(&mut self, cases: &[Case], weights: &[u32]) -> Label {
        if cases.len() <= FEW {
            return self.few(cases);
        }
        // Twice the weight at which both halves are equal.
        let twice = weights[0] + weights[cases.len()];
        let heavier = weights[1..cases.len()].partition_point(|weight| 2 * weight < twice) + 1;
        let lighter = heavier - 1;
        let nearer =
            lighter > 0 && (heavier == cases.len() || twice - 2 * weights[lighter] <= 2 * weights[heavier] - twice);
        let middle = if nearer { lighter } else { heavier };
        let yes = self.by_weight(&cases[middle..], &weights[middle..]);
        let no = self.by_weight(&cases[..middle], &weights[..=middle]);
        self.branch(JUMP_AT_LEAST, cases[middle].from, yes, no)
    }

    /// Searches for any other word: a descriptor, a request, flags.
    pub(super) fn by_value(&mut self, cases: &[Case]) -> Label {
        self.within(cases, 0, u32::MAX)
    }

    /// The search for a value that is known to be from `low` to `high`.
    fn within(&mut self, cases: &[Case], low: u32, high: u32) -> Label {
        if cases.len() <= FEW {
            return self.few(cases);
        }
        let median = cases[cases.len() / 2].from;
        let window = |value: u32| value / WINDOW;
        let border = if window(low) < window(high) {
            // At a window's border: its beginning, or its end if that is where the values begin.
            let begins = median - median % WINDOW;
            if begins > low { begins } else { begins + WINDOW }
        } else if let Some(label) = self.by_bit(cases, low - low % WINDOW) {
            return label;
        } else {
            median
        };
        let below = cases.partition_point(|case| case.from < border);
        let mut above = Vec::with_capacity(cases.len() - below + 1);
        above.push(Case { from: border, to: target(cases, border) });
        above.extend_from_slice(&cases[cases.partition_point(|case| case.from <= border)..]);
        let yes = self.within(&above, border, high);
        let no = self.within(&cases[..below], low, border - 1);
        self.branch(JUMP_AT_LEAST, border, yes, no)
    }

    /// All values of a window at once: the bit of the value is looked up among those that lead to the same place. None
    /// where comparisons are as few.
    fn by_bit(&mut self, cases: &[Case], window: u32) -> Option<Label> {
        let mut places: Vec<(Label, u32)> = Vec::with_capacity(4);
        for (at, case) in cases.iter().enumerate() {
            // All bits from the first value of the case on, without those from the next case on.
            let from = |case: &Case| u32::MAX << case.from.saturating_sub(window);
            let bits = from(case) & !cases.get(at + 1).map_or(0, from);
            match places.iter_mut().find(|(label, _)| *label == case.to) {
                Some((_, all)) => *all |= bits,
                None => places.push((case.to, bits)),
            }
        }
        let (&(otherwise, _), others) = places.split_first()?;
        if others.is_empty() || others.len() + 5 >= cases.len() {
            return None;
        }
        let mut next = otherwise;
        for &(to, bits) in others.iter().rev() {
            next = self.branch(JUMP_ANY_BIT, bits, to, next);
        }
        self.place(SHIFT_BY_INDEX, 0);
        self.place(LOAD_CONSTANT, 1);
        next = self.place(TO_INDEX, 0);
        if window > 0 {
            next = self.place(AND, WINDOW - 1);
        }
        Some(next)
    }

    /// A balanced tree with short rows for leaves.
    fn few(&mut self, cases: &[Case]) -> Label {
        if let [only] = cases {
            return only.to;
        }
        if let Some(at) = lone_value(cases) {
            let no = if let [around, _, _] = cases {
                around.to
            } else {
                let mut rest = cases.to_vec();
                rest.drain(at..=at + 1);
                self.few(&rest)
            };
            return self.branch(JUMP_EQUAL, cases[at].from, cases[at].to, no);
        }
        match *cases {
            // At the ends a border is a single value, and reads better so.
            [zero, rest] if zero.from == 0 && rest.from == 1 => return self.branch(JUMP_EQUAL, 0, zero.to, rest.to),
            [rest, all] if all.from == u32::MAX => return self.branch(JUMP_EQUAL, u32::MAX, all.to, rest.to),
            _ => {}
        }
        let (below, above) = cases.split_at(cases.len() / 2);
        let yes = self.few(above);
        let no = self.few(below);
        self.branch(JUMP_AT_LEAST, above[0].from, yes, no)
    }
}

/// The position of a case of a single number between two that lead to the same place.
fn lone_value(cases: &[Case]) -> Option<usize> {
    let alone = |three: &[Case]| three[0].to == three[2].to && three[2].from - three[1].from == 1;
    cases.windows(3).position(alone).map(|at| at + 1)
}
