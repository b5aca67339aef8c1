//! Calls on which a program that is wrong about a filter shows it.

use std::ops::ControlFlow;

use super::Data;
use crate::linux::{Arch, Filter, Rule, Test};

/// Numbers of calls lie below this, with room for those of later kernels.
const NUMBERS: u32 = 1024;

/// The bit that marks the x32 table of x86_64.
const X32: u32 = 0x4000_0000;

/// `AUDIT_ARCH_*` of the tables that our architectures' kernels also have, and values that no table has.
const OTHER_ARCHES: [u32; 5] = [
    0x4000_0003, // i386
    0x4000_0028, // 32-bit Arm
    0x4000_00f3, // riscv32
    0,
    u32::MAX,
];

/// Shows every call worth comparing until `visit` has seen enough. The same filter gives the same calls.
///
/// The number −1 is not among them: it is what a tracer leaves of a call that it skipped, nothing is called then, and
/// libseccomp lets it through to the default action.
pub(super) fn samples(filter: &Filter, visit: &mut dyn FnMut(Data) -> ControlFlow<()>) -> ControlFlow<()> {
    let values = filter.calls.iter().flat_map(|entry| &entry.rules).flat_map(|rule| &rule.tests).flat_map(near);
    let mut pool: Vec<u64> = values.collect();
    pool.sort_unstable();
    pool.dedup();
    let mut samples = Samples { arch: filter.arch.audit(), random: Random(0), pool, visit };
    samples.numbers(filter)?;
    samples.other_arches(filter)?;
    for entry in &filter.calls {
        if let Some(number) = entry.call.number(filter.arch) {
            samples.other_numbers(number)?;
            for rule in &entry.rules {
                samples.rule(number, rule)?;
            }
            samples.across(number, &entry.rules)?;
        }
    }
    ControlFlow::Continue(())
}

struct Samples<'a> {
    arch: u32,
    random: Random,
    /// The numbers that any test of the filter looks for, and their neighbours: where a comparison with the wrong
    /// argument would show.
    pool: Vec<u64>,
    visit: &'a mut dyn FnMut(Data) -> ControlFlow<()>,
}

impl Samples<'_> {
    fn visit(&mut self, arch: u32, nr: u32, args: [u64; 6]) -> ControlFlow<()> {
        (self.visit)(Data { nr, arch, instruction_pointer: self.random.next(), args })
    }

    /// Every number of this table and of the one that x86_64 has above it, some with arguments that its neighbours'
    /// rules allow.
    fn numbers(&mut self, filter: &Filter) -> ControlFlow<()> {
        let mut calls: Vec<(u32, Vec<Passing>)> = Vec::new();
        for entry in &filter.calls {
            if let Some(number) = entry.call.number(filter.arch) {
                calls.push((number, entry.rules.iter().filter_map(passing).take(4).collect()));
            }
        }
        calls.sort_by_key(|call| call.0);
        for number in 0..NUMBERS {
            for _ in 0..4 {
                let args = self.arguments();
                self.visit(self.arch, number, args)?;
            }
            let near = calls.partition_point(|call| call.0 < number);
            for (_, rules) in &calls[near.saturating_sub(2)..calls.len().min(near + 2)] {
                for passing in rules {
                    let args = self.satisfying(passing);
                    self.visit(self.arch, number, args)?;
                }
            }
            let args = self.arguments();
            self.visit(self.arch, X32 | number, args)?;
        }
        for number in [X32 - 1, 2 * X32 - 1, 2 * X32, u32::MAX - 1] {
            let args = self.arguments();
            self.visit(self.arch, number, args)?;
        }
        ControlFlow::Continue(())
    }

    /// The same numbers in other architectures' tables.
    fn other_arches(&mut self, filter: &Filter) -> ControlFlow<()> {
        let ours = self.arch;
        let near = (0..u32::BITS).map(|bit| ours ^ 1 << bit);
        let arches = Arch::ALL.into_iter().map(Arch::audit).chain(OTHER_ARCHES).chain(near);
        let arches: Vec<u32> = arches.filter(|&arch| arch != ours).collect();
        let numbers =
            filter.calls.iter().filter_map(|entry| Some((entry.call.number(filter.arch)?, entry.rules.first())));
        for (number, rule) in numbers.chain([(NUMBERS, None)]) {
            let passing = rule.and_then(passing).unwrap_or_default();
            for &arch in &arches {
                let args = self.satisfying(&passing);
                self.visit(arch, number, args)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Numbers that differ from this one in one high bit.
    fn other_numbers(&mut self, number: u32) -> ControlFlow<()> {
        for bit in 10..u32::BITS {
            let args = self.arguments();
            self.visit(self.arch, number | 1 << bit, args)?;
        }
        ControlFlow::Continue(())
    }

    /// Arguments that satisfy the rule, and arguments that satisfy all but one of its tests.
    fn rule(&mut self, number: u32, rule: &Rule) -> ControlFlow<()> {
        let Some(passing) = passing(rule) else { return ControlFlow::Continue(()) };
        for _ in 0..8 {
            let args = self.satisfying(&passing);
            self.visit(self.arch, number, args)?;
        }
        for test in &rule.tests {
            for value in near(test) {
                let mut args = self.satisfying(&passing);
                args[usize::from(test.argument())] = value;
                self.visit(self.arch, number, args)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Arguments that each satisfy, or nearly satisfy, some test of some rule.
    fn across(&mut self, number: u32, rules: &[Rule]) -> ControlFlow<()> {
        let mut values: [Vec<u64>; 6] = Default::default();
        for test in rules.iter().flat_map(|rule| &rule.tests) {
            values[usize::from(test.argument())].extend(near(test));
        }
        let passing = rules.iter().map(passing);
        for passing in passing.chain([Some(Passing::default())]).flatten() {
            for _ in 0..64 {
                let mut args = self.satisfying(&passing);
                for (arg, values) in args.iter_mut().zip(&values) {
                    if !values.is_empty() && self.random.below(2) == 0 {
                        *arg = values[self.random.below(values.len())];
                    }
                }
                self.visit(self.arch, number, args)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn arguments(&mut self) -> [u64; 6] {
        std::array::from_fn(|_| match self.random.below(8) {
            0..4 if !self.pool.is_empty() => self.pool[self.random.below(self.pool.len())],
            0..6 => self.random.next() % 16,
            _ => self.random.next(),
        })
    }

    /// Arguments that pass all tests of a rule, the rest at random.
    fn satisfying(&mut self, passing: &Passing) -> [u64; 6] {
        let mut args = self.arguments();
        for (arg, values) in args.iter_mut().zip(passing) {
            if !values.is_empty() {
                *arg = values[self.random.below(values.len())];
            }
        }
        args
    }
}

/// For each argument values that pass all of its tests; none where any value does.
type Passing = [Vec<u64>; 6];

/// The values that pass a rule's tests, if some can be found for every argument.
fn passing(rule: &Rule) -> Option<Passing> {
    let mut passing = Passing::default();
    for (argument, values) in (0..).zip(&mut passing) {
        let tests: Vec<&Test> = rule.tests.iter().filter(|test| test.argument() == argument).collect();
        let candidates = tests.iter().copied().flat_map(near).map(|value| repaired(value, &tests));
        values.extend(candidates.filter(|&value| tests.iter().all(|test| test.holds(&[value; 6]))));
        if values.is_empty() && !tests.is_empty() {
            return None;
        }
    }
    Some(passing)
}

/// The value with the bits that masks ask for.
fn repaired(value: u64, tests: &[&Test]) -> u64 {
    tests.iter().fold(value, |value, test| match **test {
        Test::Masked(_, mask, bits) => value & !u64::from(mask) | u64::from(bits),
        Test::In(..) | Test::Is64(..) => value,
    })
}

/// Values that pass the test and values that just do not.
fn near(test: &Test) -> Vec<u64> {
    // What the kernel ignores in the high word of an int must make no difference.
    const GARBAGE: [u64; 4] = [0, 1 << 32, 0xffff_ffff << 32, 0xdead_beef << 32];
    let with_garbage = |low: Vec<u32>| {
        low.into_iter().enumerate().flat_map(|(at, low)| [low.into(), u64::from(low) | GARBAGE[1 + at % 3]]).collect()
    };
    match *test {
        Test::In(_, ref set) => {
            let mut low = vec![0, u32::MAX];
            for &(from, to) in set.as_slice() {
                low.extend([from.wrapping_sub(1), from, from + (to - from) / 2, to, to.wrapping_add(1)]);
                low.extend((0..u32::BITS).map(|bit| from ^ 1 << bit));
            }
            with_garbage(low)
        }
        Test::Masked(_, mask, value) => {
            let mut low = vec![0, u32::MAX, mask, value, value | !mask];
            low.extend((0..u32::BITS).flat_map(|bit| [value ^ 1 << bit, (value | !mask) ^ 1 << bit]));
            with_garbage(low)
        }
        Test::Is64(_, value) => {
            let mut values = vec![0, u64::MAX, value, value.rotate_left(32), value.wrapping_sub(1)];
            values.extend([value.wrapping_add(1), value & 0xffff_ffff, value & !0xffff_ffff]);
            values.extend([value ^ 0xffff_ffff, value ^ !0xffff_ffff]);
            values.extend((0..u64::BITS).map(|bit| value ^ 1 << bit));
            values
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): numbers that look random and are the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below this one, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        usize::try_from(self.next() % end).expect("it is below a usize")
    }
}
