//! What the kernel would run is what the rules say: each rule met, and missed in exactly one argument.

use proptest::prelude::*;
use sandbox_policy::OnViolation;
use sandbox_policy::linux::Arch;
use sandbox_policy::linux::bpf::{disagreements, emit, verify};

use crate::declarations::{Declaration, all, declaration};

fn compiled_right(declaration: &Declaration, arch: Arch) {
    let plan = declaration.lower(arch).unwrap();
    let program = emit(&plan.filter).unwrap();
    assert_eq!(verify(&program), Ok(()));
    let comparison = disagreements(&plan.filter, &program);
    let found: Vec<_> = comparison.disagreements.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}\n{}", plan.describe(), found.join("\n"));
    assert!(comparison.compared > 10_000, "{}", comparison.compared);
}

#[test]
fn every_plan_with_every_reaction_on_every_architecture() {
    for declaration in all() {
        for on_violation in [OnViolation::Error, OnViolation::Kill, OnViolation::Report] {
            for arch in Arch::ALL {
                compiled_right(&declaration.clone().on_violation(on_violation), arch);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_at_random(declaration in declaration(), arch in prop::sample::select(Arch::ALL.to_vec())) {
        compiled_right(&declaration, arch);
    }
}
