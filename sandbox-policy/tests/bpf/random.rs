//! Filters at random.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sandbox_policy::linux::bpf::{Data, emit, run};
use sandbox_policy::linux::{ALL_CALLS, Action, Arch, CallRules, Filter, Ranges, Rule, Test};

use crate::filters::checked;

fn action() -> impl Strategy<Value = Action> {
    select(vec![Action::Allow, Action::Allow, Action::Errno(1), Action::Errno(38), Action::Trap, Action::Kill])
}

/// Numbers that often meet: few, and those where words end.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => 0..12_u32,
        1 => select(vec![u32::MAX, u32::MAX - 1, 0x7fff_ffff, 0x8000_0000, 0x5413]),
        1 => any::<u32>(),
    ]
}

fn set() -> impl Strategy<Value = Ranges> {
    prop_oneof![
        8 => vec(number(), 0..6).prop_map(Ranges::of),
        2 => vec((number(), 0..8_u32).prop_map(|(from, more)| (from, from.saturating_add(more))), 0..5).prop_map(Ranges::new),
        1 => vec(0..400_u32, 0..120).prop_map(Ranges::of),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let wide = prop_oneof![
        number().prop_map(u64::from),
        (number(), number()).prop_map(|(high, low)| u64::from(high) << 32 | u64::from(low)),
        select(vec![0, u64::MAX, 1 << 32, 1 << 63]),
    ];
    prop_oneof![
        4 => (0..6_u8, set()).prop_map(|(argument, set)| Test::In(argument, set)),
        2 => (0..6_u8, number(), number()).prop_map(|(argument, mask, value)| Test::Masked(argument, mask, value & mask)),
        1 => (0..6_u8, number()).prop_map(|(argument, only)| Test::Masked(argument, !only, 0)),
        1 => (0..6_u8, number(), number()).prop_map(|(argument, mask, value)| Test::Masked(argument, mask, value)),
        2 => (0..6_u8, wide).prop_map(|(argument, value)| Test::Is64(argument, value)),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    (vec(test(), 0..4), action()).prop_map(|(tests, action)| Rule { tests, action })
}

fn filter() -> impl Strategy<Value = Filter> {
    select(Arch::ALL.to_vec()).prop_flat_map(|arch| {
        let existing: Vec<_> = ALL_CALLS.iter().copied().filter(|call| call.number(arch).is_some()).collect();
        let calls = subsequence(existing, 0..12).prop_flat_map(|calls| {
            let entry = |call| {
                (vec(rule(), 0..6), action()).prop_map(move |(rules, otherwise)| CallRules { call, rules, otherwise })
            };
            calls.into_iter().map(entry).collect::<Vec<_>>()
        });
        (calls, action()).prop_map(move |(mut calls, otherwise)| {
            calls.sort_by_key(|entry| entry.call.number(arch));
            Filter { arch, calls, otherwise }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_filter_is_compiled_right(filter in filter()) {
        checked(&filter);
    }

    /// Drawn without looking at the filter, so that nothing depends on how the comparison chooses its calls.
    #[test]
    fn unchosen_calls_are_judged_right(
        filter in filter(),
        arguments in vec([number(), number(), number(), number(), number(), number()], 200),
        high in select(vec![0, 1_u64 << 32, u64::MAX << 32]),
    ) {
        let program = emit(&filter).unwrap();
        for entry in &filter.calls {
            let nr = entry.call.number(filter.arch).unwrap();
            for args in &arguments {
                let args = args.map(|arg| u64::from(arg) | high);
                let data = Data { nr, arch: filter.arch.audit(), instruction_pointer: 0, args };
                let expected = filter.verdict(data.arch, nr, &args).code();
                prop_assert_eq!(run(&program, &data), Ok(expected), "{:?} {:?}", entry, data);
            }
        }
    }
}
