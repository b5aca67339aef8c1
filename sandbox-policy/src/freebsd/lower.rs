//! From a policy and the numbers of its descriptors to a plan.

use super::grants::{self, Granted, NumberGrant};
use super::{CapabilityPlan, DescriptorPlan, PlanError, Release, Trap, ioctl};
use crate::vocabulary::Row;
use crate::{Allow, Fcntls, OnViolation, Policy, Rights};

/// What the plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The running kernel: some rights came with later releases.
    pub release: Release,
    /// Whether this is a debug build, where `allow(debuggable)` has effect.
    pub debug_build: bool,
}

/// Lowers a policy.
///
/// # Errors
///
/// If the policy asks for something that FreeBSD, or the running release of it, cannot enforce.
pub fn lower(policy: &Policy<'_>, granted: &[Granted], target: &Target) -> Result<CapabilityPlan, PlanError> {
    let grants = grants::by_number(policy, granted)?;
    let descriptors = grants.into_iter().map(|grant| descriptor(grant, target.release)).collect::<Result<_, _>>()?;
    Ok(CapabilityPlan {
        function: policy.name.to_owned(),
        descriptors,
        debuggable: target.debug_build && policy.allow.contains(Allow::DEBUGGABLE),
        trap: match policy.on_violation {
            OnViolation::Error => Trap::Never,
            OnViolation::Report => Trap::Report,
            OnViolation::Kill => Trap::Kill,
        },
    })
}

fn descriptor(grant: NumberGrant, release: Release) -> Result<DescriptorPlan, PlanError> {
    let NumberGrant { number, name, rights: declared, minted, mut ioctls, mut fcntls, socket } = grant;
    let mut rights = declared.union(minted);
    let mut notes = Vec::new();
    if !minted.is_empty() {
        notes.push(format!("it has {minted} itself, because what it accepts has its rights"));
    }
    if rights.contains(Rights::SEEK_TELL) && !rights.contains(Rights::SEEK) {
        rights = rights.union(Rights::SEEK);
        notes.push("seek_tell is the whole of seek here: the kernel knows no smaller right".into());
    }
    // openat(2) checks a file that is opened for writing without O_APPEND and O_TRUNC as if it were pwritten.
    if rights.contains(Rights::LOOKUP.union(Rights::WRITE)) && !rights.contains(Rights::SEEK) {
        rights = rights.union(Rights::SEEK);
        notes.push("it has seek, without which the kernel opens nothing beneath it for writing".into());
    }
    if rights.contains(Rights::ISATTY) {
        ioctls.push(ioctl::TIOCGETA);
    }
    if rights.contains(Rights::WINSIZE) {
        ioctls.push(ioctl::TIOCGWINSZ);
    }
    if rights.contains(Rights::NONBLOCKING) {
        ioctls.push(ioctl::FIONBIO);
        fcntls = fcntls.union(Fcntls::GETFL);
        if !socket {
            fcntls = fcntls.union(Fcntls::SETFL);
            notes.push("nonblocking is a setfl here: other status flags can be set too".into());
        }
    }
    ioctls.sort_unstable();
    ioctls.dedup();
    for &request in &ioctls {
        if let Some(reason) = ioctl::forbidden(request) {
            return Err(PlanError::Ioctl { request, reason });
        }
    }
    if ioctls.len() > ioctl::MOST {
        return Err(PlanError::TooManyIoctls { resource: name, count: ioctls.len() });
    }
    let constants = constants(with_lists(rights, &ioctls, fcntls), &name, release)?;
    Ok(DescriptorPlan { number, name, declared, constants, ioctls, fcntls, notes })
}

/// The rights of the kernel: the lists decide about `ioctl` and `fcntl`, and the portable names are among them by now.
fn with_lists(rights: Rights, ioctls: &[u32], fcntls: Fcntls) -> Rights {
    const PORTABLE: Rights = Rights::ISATTY.union(Rights::WINSIZE).union(Rights::NONBLOCKING).union(Rights::DUP);
    let mut rights = rights.difference(PORTABLE.union(Rights::IOCTL).union(Rights::FCNTL));
    if !ioctls.is_empty() {
        rights = rights.union(Rights::IOCTL);
    }
    if !fcntls.is_empty() {
        rights = rights.union(Rights::FCNTL);
    }
    rights
}

/// The constants of rights(4), each of which the running kernel must know.
fn constants(rights: Rights, resource: &str, running: Release) -> Result<Vec<&'static str>, PlanError> {
    // Neither aliases nor composites, nor what a wider constant contains.
    let granted: Vec<&Row> = rights.granted().filter(|row| row.is_spoken() && !row.is_composite()).collect();
    let wider = |row: &Row| granted.iter().any(|other| other.rights != row.rights && other.rights.contains(row.rights));
    let mut constants = Vec::new();
    for row in granted.iter().filter(|row| !wider(row)) {
        if let Some(since) = row.freebsd_since
            && !running.has(since)
        {
            let resource = resource.to_owned();
            return Err(PlanError::TooOld { resource, right: row.name, since, running });
        }
        constants.extend(row.freebsd);
    }
    Ok(constants)
}
