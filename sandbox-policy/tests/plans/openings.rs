//! What an openat(2) needs is what the filter asks for.

use sandbox_policy::linux::{Action, Arch, Call, Granted, Target, lower, opening};
use sandbox_policy::{Allow, Grant, OnViolation, Origin, Policy, Resource, Rights};

const DIRECTORY: u32 = 3;

#[test]
fn what_an_opening_needs_is_what_permits_it() {
    let parts = [Rights::READ, Rights::WRITE, Rights::CREATE, Rights::FTRUNCATE, Rights::FSYNC, Rights::FSTAT];
    for arch in Arch::ALL {
        let number = Call::openat.number(arch).unwrap();
        for chosen in 0..1_u32 << parts.len() {
            let rights = parts
                .iter()
                .enumerate()
                .filter(|(place, _)| chosen & 1 << place != 0)
                .fold(Rights::LOOKUP, |all, (_, right)| all | *right);
            let resources = [Resource { name: "d", origin: Origin::Given, grant: Grant::of(rights) }];
            let policy =
                Policy { name: "run", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Error };
            let target = Target { arch, landlock: 6, pid: 1, inert: 9, debug_build: false };
            let held = [Granted { resource: 0, number: DIRECTORY, append: false }];
            let filter = lower(&policy, &held, &target).unwrap().filter;
            for flags in words() {
                let arguments = [DIRECTORY.into(), 1, flags.into(), 0, 0, 0];
                let permitted = filter.verdict(arch.audit(), number, &arguments) == Action::Allow;
                let needed = opening(flags, arch);
                assert_eq!(
                    permitted,
                    needed.is_some_and(|needed| rights.contains(needed)),
                    "{rights}, {flags:#o} on {}: {needed:?}",
                    arch.name()
                );
            }
        }
    }
}

/// Each access mode with no, one or two further bits.
fn words() -> impl Iterator<Item = u32> {
    let bits = || (1..32).map(|bit| 1 << bit).chain([0]);
    let pairs = move || bits().flat_map(move |one| bits().map(move |other| one | other));
    (0..4).flat_map(move |access| pairs().map(move |pair| access | pair))
}
