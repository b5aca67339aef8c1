//! What cannot be known without running a program, and is assumed: which numbers its descriptors have.

use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::{Origin, OwnedPolicy, Rights, freebsd, linux};

/// A process number that stands for the program's own. No process has it: the highest is 4194304 (proc(5)).
const OWN: u32 = 0x0056_4d41;

/// The first number that is not a standard stream's.
const FIRST: u32 = 3;

/// The number of each resource that keeps a descriptor, as if it held one, in the order of the declaration.
pub(crate) fn numbers(policy: &OwnedPolicy) -> Vec<(usize, u32)> {
    let mut next = FIRST;
    let mut numbers = Vec::new();
    for (index, resource) in policy.resources.iter().enumerate() {
        if resource.declared.gone {
            continue;
        }
        let stream = match (resource.origin, resource.name.as_str()) {
            (Origin::Stream, "stdin") => Some(0),
            (Origin::Stream, "stdout") => Some(1),
            (Origin::Stream, "stderr") => Some(2),
            _ => None,
        };
        numbers.push((
            index,
            stream.unwrap_or_else(|| {
                next += 1;
                next - 1
            }),
        ));
    }
    numbers
}

/// The number of the inert descriptor, which stands for what is gone: the first that no resource has.
pub(crate) fn inert(numbers: &[(usize, u32)]) -> u32 {
    numbers.iter().map(|(_, number)| number + 1).max().unwrap_or(FIRST).max(FIRST)
}

/// The plan on Linux.
pub(crate) fn on_linux(
    policy: &EmbeddedPolicy,
    arch: linux::Arch,
    landlock: u32,
) -> Result<linux::Plan, linux::PlanError> {
    let numbers = numbers(&policy.policy);
    let granted: Vec<linux::Granted> =
        numbers.iter().map(|&(resource, number)| linux::Granted { resource, number, append: false }).collect();
    let target = linux::Target { arch, landlock, pid: OWN, inert: inert(&numbers), debug_build: policy.debug_build };
    policy.policy.with(|policy| linux::lower(policy, &granted, &target))
}

/// The process number that stands for the program's own, as it is in plans, said in words.
pub(crate) fn own_number_in_words(plan: &str) -> String {
    plan.replace(&format!("{OWN:#x}"), "its own number")
}

/// The plan on FreeBSD.
pub(crate) fn on_freebsd(
    policy: &EmbeddedPolicy,
    release: freebsd::Release,
) -> Result<freebsd::CapabilityPlan, freebsd::PlanError> {
    // Where only sockets have the right, it is one.
    const SOCKETS: Rights =
        Rights::SHUTDOWN.union(Rights::GETPEERNAME).union(Rights::GETSOCKNAME).union(Rights::ACCEPT);
    let granted: Vec<freebsd::Granted> = numbers(&policy.policy)
        .into_iter()
        .map(|(resource, number)| {
            let socket = policy.policy.resources[resource].declared.rights.intersects(SOCKETS);
            freebsd::Granted { resource, number, socket }
        })
        .collect();
    let target = freebsd::Target { release, debug_build: policy.debug_build };
    policy.policy.with(|policy| freebsd::lower(policy, &granted, &target))
}
