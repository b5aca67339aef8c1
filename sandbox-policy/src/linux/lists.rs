//! The lists of `ioctl(…)` and `fcntl(…)`.

use super::grants::NumberGrant;
use super::lower::{Rules, Target};
use super::{Arch, Call, PlanError, Ranges, Test};
use crate::Fcntls;

/// ioctl(2) requests that are never granted: they mint descriptors, carry one in memory, or inject input.
const FORBIDDEN: &[(u32, &str)] = &[
    (0x5412, "TIOCSTI types into the terminal"),
    (0x541c, "TIOCLINUX pastes into the terminal"),
    (0x5441, "TIOCGPTPEER mints a descriptor"),
    (0x4004_9409, "FICLONE names a second descriptor"),
    (0x4020_940d, "FICLONERANGE names a descriptor in memory"),
    (0xc018_9436, "FIDEDUPERANGE names descriptors in memory"),
    (0x894c, "SIOCGSKNS mints a descriptor"),
];

/// Requests of the same kind by type: `NS_GET_*` and `PIDFD_GET_*` mint descriptors, `KVM_*` and `DRM_*` too.
const FORBIDDEN_TYPES: &[(u32, &str)] = &[
    (0xb7, "requests on namespaces mint descriptors"),
    (0xff, "requests on process descriptors mint descriptors"),
    (0xae, "requests to KVM mint descriptors"),
    (0x64, "requests to DRM mint descriptors"),
    (0x4c, "requests to loop devices name a second descriptor"),
];

// fcntl(2) commands.
const F_GETFL: u32 = 3;
const F_SETFL: u32 = 4;
const F_SETOWN: u32 = 8;
const F_GETOWN: u32 = 9;
/// glibc and musl ask so for `F_GETOWN`: a group's number returned as such would look like an error.
const F_GETOWN_EX: u32 = 16;

// The flags that `setfl` may set.
const APPEND: u32 = 0o2000;
const NONBLOCK: u32 = 0o4000;
const ACCESS_MODE: u32 = 0o3;

const fn largefile(arch: Arch) -> u32 {
    match arch {
        Arch::X86_64 | Arch::Riscv64 => 0o100_000,
        Arch::Aarch64 => 0o400_000,
    }
}

pub(super) fn rules(grants: &[NumberGrant], target: &Target, rules: &mut Rules) -> Result<(), PlanError> {
    ioctls(grants, rules)?;
    fcntls(grants, target, rules);
    Ok(())
}

/// One rule for the requests that the same numbers may make.
fn ioctls(grants: &[NumberGrant], rules: &mut Rules) -> Result<(), PlanError> {
    let mut requests: Vec<u32> = grants.iter().flat_map(|grant| grant.ioctls.iter().copied()).collect();
    requests.sort_unstable();
    requests.dedup();
    let mut grouped: Vec<(Ranges, Vec<u32>)> = Vec::new();
    for request in requests {
        let listed = FORBIDDEN.iter().find(|(known, _)| *known == request).map(|(_, reason)| *reason);
        let typed =
            FORBIDDEN_TYPES.iter().find(|(known, _)| (request >> 8) & 0xff == *known).map(|(_, reason)| *reason);
        if let Some(reason) = listed.or(typed) {
            return Err(PlanError::Ioctl { request, reason });
        }
        let numbers = which(grants, |grant| grant.ioctls.contains(&request));
        match grouped.iter_mut().find(|(same, _)| *same == numbers) {
            Some((_, list)) => list.push(request),
            None => grouped.push((numbers, vec![request])),
        }
    }
    for (numbers, list) in grouped {
        rules.allow(Call::ioctl, vec![Test::In(0, numbers), Test::In(1, Ranges::of(list))]);
    }
    Ok(())
}

/// What a list must name for a command of fcntl(2), if one can.
#[must_use]
pub const fn listed(command: u32) -> Option<Fcntls> {
    match command {
        F_GETFL => Some(Fcntls::GETFL),
        F_SETFL => Some(Fcntls::SETFL),
        F_GETOWN | F_GETOWN_EX => Some(Fcntls::GETOWN),
        F_SETOWN => Some(Fcntls::SETOWN),
        _ => None,
    }
}

fn fcntls(grants: &[NumberGrant], target: &Target, rules: &mut Rules) {
    let settable = NONBLOCK | ACCESS_MODE | largefile(target.arch);
    let mut allow = |numbers: Ranges, command: u32, value: Option<Test>| {
        if !numbers.is_empty() {
            let mut tests = vec![Test::In(0, numbers), Test::In(1, Ranges::of([command]))];
            tests.extend(value);
            rules.allow(Call::fcntl, tests);
        }
    };
    let may = |command| move |grant: &NumberGrant| grant.fcntls.contains(command);
    allow(which(grants, may(Fcntls::GETFL)), F_GETFL, None);
    allow(which(grants, may(Fcntls::GETOWN)), F_GETOWN, None);
    allow(which(grants, may(Fcntls::GETOWN)), F_GETOWN_EX, None);
    allow(which(grants, may(Fcntls::SETOWN)), F_SETOWN, Some(Test::In(2, Ranges::of([0, target.pid]))));
    // A descriptor in append mode stays in it.
    allow(
        which(grants, |grant| grant.fcntls.contains(Fcntls::SETFL) && !grant.append),
        F_SETFL,
        Some(Test::Masked(2, !(settable | APPEND), 0)),
    );
    allow(
        which(grants, |grant| grant.fcntls.contains(Fcntls::SETFL) && grant.append),
        F_SETFL,
        Some(Test::Masked(2, !settable, APPEND)),
    );
}

fn which(grants: &[NumberGrant], wanted: impl Fn(&NumberGrant) -> bool) -> Ranges {
    Ranges::new(grants.iter().filter(|grant| wanted(grant)).map(|grant| (grant.number, grant.last)))
}
