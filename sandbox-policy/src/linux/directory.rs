//! openat(2) beneath declared directories: which flags their rights permit. Which paths, Landlock decides.

use super::grants::NumberGrant;
use super::lower::{Rules, numbers_with};
use super::{Arch, Call, Ranges, Test};
use crate::Rights;

// open(2) flags that are the same on x86, Arm and RISC-V.
const WRONLY: u32 = 0o1;
const RDWR: u32 = 0o2;
const CREAT: u32 = 0o100;
const EXCL: u32 = 0o200;
const NOCTTY: u32 = 0o400;
const TRUNC: u32 = 0o1000;
const APPEND: u32 = 0o2000;
const NONBLOCK: u32 = 0o4000;
const DSYNC: u32 = 0o10000;
const CLOEXEC: u32 = 0o2_000_000;
const SYNC: u32 = 0o4_000_000;

/// `O_DIRECTORY | O_NOFOLLOW | O_LARGEFILE`, whose numbers differ.
pub(super) const fn lookup_flags(arch: Arch) -> u32 {
    match arch {
        Arch::X86_64 | Arch::Riscv64 => 0o200_000 | 0o400_000 | 0o100_000,
        Arch::Aarch64 => 0o40_000 | 0o100_000 | 0o400_000,
    }
}

/// The rules for every set of flags that some directory permits. Never `O_PATH` or `O_TMPFILE`.
pub(super) fn rules(grants: &[NumberGrant], arch: Arch, rules: &mut Rules) {
    let mut seen: Vec<Rights> = Vec::new();
    for grant in grants.iter().filter(|grant| grant.rights.contains(Rights::LOOKUP)) {
        let relevant = grant.rights.intersection(RELEVANT);
        if seen.contains(&relevant) {
            continue;
        }
        seen.push(relevant);
        let directories = Ranges::new(
            grants
                .iter()
                .filter(|other| {
                    other.rights.contains(Rights::LOOKUP) && other.rights.intersection(RELEVANT) == relevant
                })
                .map(|other| (other.number, other.last)),
        );
        debug_assert!(numbers_with(grants, Rights::LOOKUP).includes(&directories));
        for test in flags(relevant, arch) {
            rules.allow(Call::openat, vec![Test::In(0, directories.clone()), test]);
        }
    }
}

/// The rights that decide about flags.
const RELEVANT: Rights =
    Rights::READ.union(Rights::WRITE).union(Rights::CREATE).union(Rights::FTRUNCATE).union(Rights::FSYNC);

/// The flags that need a right of their own.
const NEEDED: [(Rights, u32); 3] =
    [(Rights::CREATE, CREAT | EXCL), (Rights::FTRUNCATE, TRUNC), (Rights::FSYNC, DSYNC | SYNC)];

/// The flags that need no right.
const fn free(arch: Arch) -> u32 {
    NOCTTY | NONBLOCK | CLOEXEC | lookup_flags(arch)
}

/// The permitted flag words, as tests of argument 2, one an access mode.
fn flags(rights: Rights, arch: Arch) -> Vec<Test> {
    let needed = NEEDED.iter().filter(|(right, _)| rights.contains(*right));
    let common = needed.fold(free(arch), |all, (_, bits)| all | bits);
    let read = Test::Masked(2, !common, 0);
    let write = Test::Masked(2, !(common | APPEND), WRONLY);
    let both = Test::Masked(2, !(common | APPEND), RDWR);
    match (rights.contains(Rights::READ), rights.contains(Rights::WRITE)) {
        (true, true) => vec![read, write, both],
        (true, false) => vec![read],
        (false, true) => vec![write],
        (false, false) => Vec::new(),
    }
}

/// The rights that openat(2) with these flags needs on its directory; none if no right permits them.
#[must_use]
pub fn opening(flags: u32, arch: Arch) -> Option<Rights> {
    let (access, mut left) = match flags & (WRONLY | RDWR) {
        0 => (Rights::READ, flags),
        WRONLY => (Rights::WRITE, flags & !(WRONLY | APPEND)),
        RDWR => (Rights::READ.union(Rights::WRITE), flags & !(RDWR | APPEND)),
        _ => return None,
    };
    let mut rights = Rights::LOOKUP.union(access);
    for (right, bits) in NEEDED {
        if left & bits != 0 {
            rights = rights.union(right);
        }
        left &= !bits;
    }
    (left & !free(arch) == 0).then_some(rights)
}
