//! Policies that no macro would make: lowering answers each one, and never with more than it can keep.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sandbox_policy::linux::bpf::{emit, verify};
use sandbox_policy::linux::{Arch, Granted, Target, lower};
use sandbox_policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0..12_u32, 1 => 1000..1030_u32, 1 => any::<u32>(), 1 => select(vec![i32::MAX as u32, u32::MAX])]
}

/// Mostly a few rights, sometimes any bits.
fn rights() -> impl Strategy<Value = Rights> {
    let bits = vec(0..90_u32, 0..5).prop_map(|bits| bits.iter().fold(0, |all, bit| all | 1_u128 << bit));
    prop_oneof![6 => bits, 1 => any::<u128>()].prop_map(Rights::from_bits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowering_always_answers(
        grants in vec((rights(), any::<bool>(), vec(any::<u32>(), 0..3), any::<u8>(), rights(), any::<bool>()), 0..5),
        numbers in vec((number(), any::<bool>()), 0..8),
        allow in any::<u8>(),
        on_violation in select(OnViolation::NAMED.map(|(_, reaction)| reaction).to_vec()),
        arch in select(Arch::ALL.to_vec()),
        landlock in 0..10_u32,
        pid in any::<u32>(),
        inert in number(),
    ) {
        let minted: Vec<Grant<'_>> = grants.iter().map(|(.., minted, _)| Grant::of(*minted)).collect();
        let resources: Vec<Resource<'_>> = grants
            .iter()
            .zip(&minted)
            .map(|((rights, gone, ioctls, fcntls, _, mints), minted)| Resource {
                name: "it",
                origin: Origin::Given,
                grant: Grant {
                    rights: *rights,
                    gone: *gone,
                    ioctls,
                    fcntls: Fcntls::from_bits(*fcntls),
                    minted: mints.then_some(minted),
                },
            })
            .collect();
        let policy = Policy { name: "arbitrary", resources: &resources, allow: Allow::from_bits(allow), on_violation };
        let granted: Vec<Granted> = numbers
            .iter()
            .enumerate()
            .filter(|_| !resources.is_empty())
            .map(|(at, &(number, append))| Granted { resource: at % resources.len(), number, append })
            .collect();
        let target = Target { arch, landlock, pid, inert, debug_build: false };
        match lower(&policy, &granted, &target) {
            Ok(plan) => {
                let program = emit(&plan.filter).unwrap();
                prop_assert_eq!(verify(&program), Ok(()));
                prop_assert!(!plan.describe().is_empty());
                // What is pinned can be: descriptors, and not more of them than entry fills.
                prop_assert!(plan.numbers.bound <= 1024, "{:?}", plan.numbers);
                prop_assert!(plan.grants.is_sorted_by_key(|grant| grant.number));
                prop_assert!(plan.grants.windows(2).all(|pair| pair[0].last < pair[1].number), "{:?}", plan.grants);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
