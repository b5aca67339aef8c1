//! A set of rights by the names of their constants.

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use capsicum::{CapRights, FileRights, Right};

/// What cap_rights_limit(2) takes.
#[derive(Clone, Copy)]
pub(super) enum RightsSet {
    /// Rights that the crate `capsicum` has.
    Known(FileRights),
    /// With some that it does not have.
    Raw(libc::cap_rights_t),
}

impl RightsSet {
    /// No right.
    pub(super) fn none() -> Self {
        Self::Known(FileRights::new())
    }

    /// The rights with these names; none if one of them is not known.
    pub(super) fn of(constants: &[&str]) -> Option<Self> {
        let mut known = FileRights::new();
        let mut all_known = true;
        let mut bits = Vec::new();
        for constant in constants {
            if let Some((_, right)) = KNOWN.iter().find(|(name, _)| name == constant) {
                known.allow(*right);
                bits.push(*right as u64);
            } else {
                let (_, raw) = NEWER.iter().find(|(name, _)| name == constant)?;
                bits.push(*raw);
                all_known = false;
            }
        }
        Some(if all_known { Self::Known(known) } else { Self::Raw(raw(&bits)) })
    }

    pub(super) fn limit(&self, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        match self {
            Self::Known(rights) => rights.limit(&descriptor),
            Self::Raw(rights) => {
                // SAFETY: the set is initialised and lives until the call returns; the descriptor is borrowed.
                let limited = unsafe { libc::cap_rights_limit(descriptor.as_raw_fd(), rights) };
                if limited < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
            }
        }
    }

    /// Whether the descriptor has exactly these rights.
    pub(super) fn is_of(&self, descriptor: BorrowedFd<'_>) -> io::Result<bool> {
        match self {
            Self::Known(rights) => Ok(FileRights::from_file(&descriptor)? == *rights),
            Self::Raw(rights) => held_by(descriptor).map(|held| contains(&held, rights) && contains(rights, &held)),
        }
    }

    /// Whether the descriptor has these rights, and perhaps more.
    pub(super) fn is_within(&self, descriptor: BorrowedFd<'_>) -> io::Result<bool> {
        match self {
            Self::Known(rights) => Ok(FileRights::from_file(&descriptor)?.contains(rights)),
            Self::Raw(rights) => held_by(descriptor).map(|held| contains(&held, rights)),
        }
    }
}

fn held_by(descriptor: BorrowedFd<'_>) -> io::Result<libc::cap_rights_t> {
    let mut held = raw(&[]);
    // SAFETY: `held` is a live set of this version; the descriptor is borrowed.
    let got = unsafe { libc::__cap_rights_get(libc::CAP_RIGHTS_VERSION, descriptor.as_raw_fd(), &raw mut held) };
    if got < 0 { Err(io::Error::last_os_error()) } else { Ok(held) }
}

fn contains(wide: &libc::cap_rights_t, narrow: &libc::cap_rights_t) -> bool {
    // SAFETY: both are initialised sets of the same version.
    unsafe { libc::cap_rights_contains(wide, narrow) }
}

/// A set of these bits.
fn raw(bits: &[u64]) -> libc::cap_rights_t {
    // SAFETY: two integers, of which zeros are a value; __cap_rights_init makes it a set.
    let mut rights: libc::cap_rights_t = unsafe { std::mem::zeroed() };
    // SAFETY: `rights` is live; the list of rights ends with 0.
    unsafe { libc::__cap_rights_init(libc::CAP_RIGHTS_VERSION, &raw mut rights, 0_u64) };
    for &bits in bits {
        // SAFETY: `rights` is an initialised set, and the list of rights ends with 0.
        unsafe { libc::__cap_rights_set(&raw mut rights, bits, 0_u64) };
    }
    rights
}

/// `CAPRIGHT(1, bit)` (sys/caprights.h, sys/capsicum.h).
const fn second_word(bit: u64) -> u64 {
    1 << 58 | bit
}

/// Rights of FreeBSD 15.0 that neither `capsicum` 0.4.5 nor `libc` has (sys/capsicum.h).
const NEWER: &[(&str, u64)] =
    &[("CAP_INOTIFY_ADD", second_word(0x20_0000)), ("CAP_INOTIFY_RM", second_word(0x40_0000))];

#[rustfmt::skip]
const KNOWN: &[(&str, Right)] = &[
    ("CAP_READ", Right::Read),
    ("CAP_WRITE", Right::Write),
    ("CAP_SEEK", Right::Seek),
    ("CAP_FSYNC", Right::Fsync),
    ("CAP_FTRUNCATE", Right::Ftruncate),
    ("CAP_MMAP", Right::Mmap),
    ("CAP_MMAP_X", Right::MmapX),
    ("CAP_FSTAT", Right::Fstat),
    ("CAP_FSTATFS", Right::Fstatfs),
    ("CAP_FPATHCONF", Right::Fpathconf),
    ("CAP_FLOCK", Right::Flock),
    ("CAP_FCNTL", Right::Fcntl),
    ("CAP_FCHMOD", Right::Fchmod),
    ("CAP_FCHOWN", Right::Fchown),
    ("CAP_FCHFLAGS", Right::Fchflags),
    ("CAP_FUTIMES", Right::Futimes),
    ("CAP_EXTATTR_GET", Right::ExtattrGet),
    ("CAP_EXTATTR_SET", Right::ExtattrSet),
    ("CAP_EXTATTR_LIST", Right::ExtattrList),
    ("CAP_EXTATTR_DELETE", Right::ExtattrDelete),
    ("CAP_ACL_CHECK", Right::AclCheck),
    ("CAP_ACL_DELETE", Right::AclDelete),
    ("CAP_ACL_GET", Right::AclGet),
    ("CAP_ACL_SET", Right::AclSet),
    ("CAP_MAC_GET", Right::MacGet),
    ("CAP_MAC_SET", Right::MacSet),
    ("CAP_FEXECVE", Right::Fexecve),
    ("CAP_LOOKUP", Right::Lookup),
    ("CAP_CREATE", Right::Create),
    ("CAP_MKDIRAT", Right::Mkdirat),
    ("CAP_MKFIFOAT", Right::Mkfifoat),
    ("CAP_MKNODAT", Right::Mknodat),
    ("CAP_SYMLINKAT", Right::Symlinkat),
    ("CAP_UNLINKAT", Right::Unlinkat),
    ("CAP_RENAMEAT_SOURCE", Right::RenameatSource),
    ("CAP_RENAMEAT_TARGET", Right::RenameatTarget),
    ("CAP_LINKAT_SOURCE", Right::LinkatSource),
    ("CAP_LINKAT_TARGET", Right::LinkatTarget),
    ("CAP_BINDAT", Right::Bindat),
    ("CAP_CONNECTAT", Right::Connectat),
    ("CAP_ACCEPT", Right::Accept),
    ("CAP_LISTEN", Right::Listen),
    ("CAP_BIND", Right::Bind),
    ("CAP_CONNECT", Right::Connect),
    ("CAP_SHUTDOWN", Right::Shutdown),
    ("CAP_GETPEERNAME", Right::Getpeername),
    ("CAP_GETSOCKNAME", Right::Getsockname),
    ("CAP_GETSOCKOPT", Right::Getsockopt),
    ("CAP_SETSOCKOPT", Right::Setsockopt),
    ("CAP_PEELOFF", Right::Peeloff),
    ("CAP_EVENT", Right::Event),
    ("CAP_KQUEUE_EVENT", Right::KqueueEvent),
    ("CAP_KQUEUE_CHANGE", Right::KqueueChange),
    ("CAP_PDWAIT", Right::Pdwait),
    ("CAP_PDKILL", Right::Pdkill),
    ("CAP_PDGETPID", Right::Pdgetpid),
    ("CAP_TTYHOOK", Right::Ttyhook),
    ("CAP_IOCTL", Right::Ioctl),
];

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use sandbox_policy::freebsd::{Granted, Release, Target, lower};
    use sandbox_policy::vocabulary::{self, Enforcement};
    use sandbox_policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource};

    use super::*;

    #[test]
    fn every_right_that_freebsd_enforces_is_known() {
        for row in vocabulary::rows().filter(|row| !matches!(row.on_freebsd, Enforcement::Refused(_))) {
            let grant = Grant { ioctls: &[0], fcntls: Fcntls::GETFL, ..Grant::of(row.rights) };
            let resources = [Resource { name: "it", origin: Origin::Given, grant }];
            let policy =
                Policy { name: "run", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Error };
            let target = Target { release: Release(1_501_000), debug_build: false };
            let plan = lower(&policy, &[Granted { resource: 0, number: 3, socket: true }], &target).expect(row.name);
            let constants = &plan.descriptor(3).expect("declared").constants;
            assert!(RightsSet::of(constants).is_some(), "`{}`: {constants:?}", row.name);
        }
        assert!(RightsSet::of(&["CAP_READ", "CAP_NO_SUCH_RIGHT"]).is_none());
    }

    #[test]
    fn both_ways_to_limit_read_back_the_same() {
        let open = || std::fs::File::open("/dev/null").expect("open /dev/null");
        let known = RightsSet::of(&["CAP_READ", "CAP_IOCTL"]).expect("known");
        let raw = RightsSet::Raw(raw(&[Right::Read as u64, Right::Ioctl as u64]));
        for (limit, other) in [(known, raw), (raw, known)] {
            let file = open();
            assert!(!limit.is_of(file.as_fd()).expect("read back"));
            assert!(limit.is_within(file.as_fd()).expect("read back"));
            limit.limit(file.as_fd()).expect("limit");
            assert!(limit.is_of(file.as_fd()).expect("read back"));
            assert!(other.is_of(file.as_fd()).expect("read back"));
            assert!(!RightsSet::none().is_of(file.as_fd()).expect("read back"));
            assert!(RightsSet::none().is_within(file.as_fd()).expect("read back"));
            let more = RightsSet::of(&["CAP_READ", "CAP_WRITE"]).expect("known");
            assert!(!more.is_within(file.as_fd()).expect("read back"));
        }
    }
}
