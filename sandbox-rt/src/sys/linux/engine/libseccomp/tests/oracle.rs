//! libseccomp as the emitter's oracle: on filters that both compile right they say the same.

use sandbox_policy::linux::ALL_CALLS;
use sandbox_policy::linux::bpf::{Data, emit, run};

use super::*;

/// SplitMix64 (Steele, Lea, Flood 2014): the same filters in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).unwrap()
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % length as u64).unwrap()
    }

    /// Few numbers that often meet, and some where words end.
    fn number(&mut self) -> u32 {
        const ENDS: [u32; 4] = [u32::MAX, 0x8000_0000, 0x7fff_ffff, 0x5413];
        match self.below(8) {
            0 => ENDS[self.index(4)],
            _ => self.below(12),
        }
    }

    fn action(&mut self) -> Action {
        const ACTIONS: [Action; 6] =
            [Action::Allow, Action::Allow, Action::Allow, Action::Errno(38), Action::Trap, Action::Kill];
        ACTIONS[self.index(6)]
    }

    /// A filter of the accepted class: each call's rules compare the same bits of the same arguments.
    fn filter(&mut self) -> Filter {
        let mut calls = Vec::new();
        for _ in 0..=self.below(10) {
            let call = ALL_CALLS[self.index(ALL_CALLS.len())];
            if call.number(ARCH).is_some() && calls.iter().all(|(known, _)| *known != call) {
                calls.push((call, self.rules()));
            }
        }
        let mut filter = filter(calls);
        for entry in &mut filter.calls {
            let one_set = |rule: &Rule| matches!(rule.tests[..], [Test::In(..)]);
            if entry.rules.iter().all(one_set) {
                entry.otherwise = self.action();
            }
        }
        filter
    }

    fn rules(&mut self) -> Vec<Rule> {
        let action = self.action();
        let mut shape: Vec<(u8, u32, u32)> = Vec::new();
        for argument in 0..6 {
            if self.below(3) == 0 {
                const MASKS: [u32; 6] = [1, 3, 0x20, !0x3, !0x8_0800, u32::MAX];
                shape.push((argument, self.below(3), MASKS[self.index(6)]));
            }
        }
        let mut rules = Vec::new();
        for _ in 0..=self.below(4) {
            let tests = shape.iter().map(|&(argument, kind, mask)| match kind {
                0 => {
                    let count = self.below(4) + 1;
                    among(argument, (0..count).map(|_| self.number()).collect::<Vec<_>>())
                }
                1 => Test::Masked(argument, mask, self.number() & mask),
                _ => Test::Is64(argument, u64::from(self.number()) << 32 | u64::from(self.number())),
            });
            rules.push(Rule { tests: tests.collect(), action });
        }
        rules
    }
}

#[test]
fn both_engines_say_the_same() {
    let mut random = Random(1);
    let (mut conditional, mut divided) = (0, 0);
    for case in 0..300 {
        let filter = random.filter();
        let theirs = compile(&filter).unwrap_or_else(|error| panic!("case {case}: {error}\n{filter}"));
        let ours = emit(&filter).unwrap();
        conditional += filter.calls.iter().filter(|entry| entry.rules[0].tests.len() > 1).count();
        divided += filter.calls.iter().filter(|entry| entry.otherwise != filter.otherwise).count();
        for entry in &filter.calls {
            let nr = entry.call.number(ARCH).unwrap();
            for _ in 0..200 {
                let args = std::array::from_fn(|_| {
                    u64::from(random.number()) << (32 * random.below(2)) | u64::from(random.number())
                });
                let data = Data { nr, arch: ARCH.audit(), instruction_pointer: 0, args };
                assert_eq!(run(&theirs, &data), run(&ours, &data), "case {case}: {data:?}\n{filter}");
            }
        }
    }
    assert!(conditional > 300 && divided > 100, "{conditional} {divided}");
}
