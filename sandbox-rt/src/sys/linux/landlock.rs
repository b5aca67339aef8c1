//! Landlock (landlock(7)): under the filter, and the one that decides about paths beneath declared directories.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use sandbox_policy::linux::Landlock;

use super::{checked, fresh};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// `struct landlock_ruleset_attr`.
#[repr(C)]
struct RulesetAttr {
    handled_access_fs: u64,
    handled_access_net: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneathAttr {
    allowed_access: u64,
    parent_fd: i32,
}

const CREATE_RULESET_VERSION: u32 = 1;
const RULE_PATH_BENEATH: u32 = 1;

/// The version of the kernel's interface; 0 if there is none or it is switched off.
pub(super) fn version() -> u32 {
    let no_attributes = std::ptr::null::<RulesetAttr>();
    // SAFETY: with this flag the kernel reads no attributes (landlock_create_ruleset(2)).
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, no_attributes, 0usize, CREATE_RULESET_VERSION) };
    u32::try_from(version).unwrap_or(0)
}

/// The domain, ready to be put in force; `open` are the numbers that are in use. None if the kernel has no Landlock.
pub(super) fn prepare(plan: &Landlock, open: &[RawFd]) -> Result<Option<OwnedFd>, Error> {
    if plan.files == 0 {
        return Ok(None);
    }
    let attributes =
        RulesetAttr { handled_access_fs: plan.files, handled_access_net: plan.network, scoped: plan.scoped };
    // Fields that the kernel does not know must be absent or zero (landlock_create_ruleset(2)).
    let size = match (plan.network, plan.scoped) {
        (0, 0) => 8usize,
        (_, 0) => 16,
        (_, _) => 24,
    };
    // SAFETY: the attributes live until the call returns, and `size` is at most their size.
    let created = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const attributes, size, 0u32) };
    let number = checked(created, "landlock_create_ruleset")?;
    let number = i32::try_from(number).map_err(|_| Error::system("landlock_create_ruleset", libc::EBADF))?;
    // SAFETY: the kernel has just made it, and nobody else owns it; what an outer sandbox pretends is given up below.
    let ruleset = fresh(unsafe { OwnedFd::from_raw_fd(number) }, "landlock_create_ruleset", open)?;
    for &(directory, allowed_access) in &plan.beneath {
        if allowed_access == 0 {
            continue;
        }
        let parent_fd = i32::try_from(directory).map_err(|_| Error::system("landlock_add_rule", libc::EBADF))?;
        let rule = PathBeneathAttr { allowed_access, parent_fd };
        // SAFETY: the rule lives until the call returns, and has the layout of its type.
        let added = unsafe {
            libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), RULE_PATH_BENEATH, &raw const rule, 0u32)
        };
        checked(added, "landlock_add_rule")?;
    }
    Ok(Some(ruleset))
}

/// Puts the domain in force for this thread and its children.
pub(super) fn restrict(ruleset: &OwnedFd) -> Result<(), Error> {
    // SAFETY: takes a descriptor and no pointer.
    let restricted = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0u32) };
    checked(restricted, "landlock_restrict_self").map(|_| ()).map_err(|error| {
        if error.raw_os_error() == Some(libc::E2BIG) {
            return error.help("the process is in sixteen Landlock domains already, and the kernel takes no more");
        }
        error
    })
}

/// Landlock refuses to open what is not beneath a declared directory. Procfs never is, and entry has just read this file.
pub(super) fn verify() -> Result<(), Error> {
    match rustix::fs::open("/proc/self/maps", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
        Err(Errno::ACCESS) => Ok(()),
        outcome => Err(Error::new(
            ErrorKind::Unverified,
            format!("Landlock is in force, and opening /proc/self/maps was answered by {outcome:?} instead of EACCES"),
        )
        .help("an outer sandbox answers for the kernel")),
    }
}

pub(super) fn mechanism(plan: &Landlock, version: u32) -> Mechanism {
    let extent = if plan.beneath.is_empty() {
        format!("version {version}: all files and TCP denied, refused a test")
    } else {
        format!("version {version}: all but the declared directories denied, refused a test")
    };
    Mechanism::holds("Landlock", !plan.beneath.is_empty(), extent)
}
