//! The lists of `ioctl(…)` and `fcntl(…)`.

use super::grants::NumberGrant;
use super::lower::{Rules, Target};
use super::{Arch, Call, PlanError, Ranges, Test};
use crate::Fcntls;

/// ioctl(2) requests that are never granted: they mint descriptors, name a second one, inject input, or signal others. No
/// list of this kind is complete: a listed request is the power that it is.
const FORBIDDEN: &[(u32, &str)] = &[
    (0x5412, "TIOCSTI types into the terminal"),
    (0x541c, "TIOCLINUX pastes into the terminal"),
    (0x5441, "TIOCGPTPEER mints a descriptor"),
    (0x4004_9409, "FICLONE names a second descriptor"),
    (0x4020_940d, "FICLONERANGE names a descriptor in memory"),
    (0xc018_9436, "FIDEDUPERANGE names descriptors in memory"),
    (0x894c, "SIOCGSKNS mints a descriptor"),
    (0x89e2, "SIOCKCMCLONE mints a descriptor"),
    (0x54e3, "TUNGETDEVNETNS mints a descriptor"),
    (0xaa00, "USERFAULTFD_IOC_NEW mints a descriptor"),
    (0xc018_4800, "DMA_HEAP_IOCTL_ALLOC mints a descriptor"),
    (0x4018_7542, "UDMABUF_CREATE mints a descriptor, of one in memory"),
    (0x4008_7543, "UDMABUF_CREATE_LIST mints a descriptor, of those in memory"),
    (0xc030_3e03, "SYNC_IOC_MERGE mints a descriptor, of one in memory"),
    (0xc040_5610, "VIDIOC_EXPBUF mints a descriptor"),
    (0x2405, "PERF_EVENT_IOC_SET_OUTPUT names a second descriptor"),
    (0x4004_2408, "PERF_EVENT_IOC_SET_BPF names a second descriptor"),
    (0xc028_660f, "EXT4_IOC_MOVE_EXT names a descriptor in memory"),
    (0x8901, "FIOSETOWN sends signals to others; `fcntl(setown)` to this process"),
    (0x8902, "SIOCSPGRP sends signals to others; `fcntl(setown)` to this process"),
];

/// Requests of the same kind by type: `NS_GET_*`, `PIDFD_GET_*`, `KVM_*`, `DRM_*` …
const FORBIDDEN_TYPES: &[(u32, &str)] = &[
    (0xb7, "requests on namespaces mint descriptors"),
    (0xff, "requests on process descriptors mint descriptors"),
    (0xae, "requests to KVM mint descriptors"),
    (0x64, "requests to DRM mint descriptors"),
    (0x4c, "requests to loop devices name a second descriptor"),
    (0x94, "requests to btrfs name other descriptors and paths"),
    (0xb4, "requests to GPIO chips mint descriptors"),
    (0xe5, "requests to /dev/fuse name a second descriptor"),
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
