//! The descriptor table: what is open, what is replaced, what is filled.

use std::os::fd::RawFd;

use sandbox_policy::linux::Plan;

use super::{checked, errno};
use crate::{Error, ErrorKind};

/// Every open number, ascending.
///
/// # Errors
///
/// Without procfs, and if an io_uring instance is among them: what it does passes every filter.
pub(super) fn open() -> Result<Vec<RawFd>, Error> {
    let unlisted = |error: &std::io::Error| {
        Error::system("list /proc/self/fd", error.raw_os_error().unwrap_or(0))
            .kind_is(ErrorKind::Unsupported)
            .help("entry needs procfs mounted on /proc")
    };
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd").map_err(|error| unlisted(&error))? {
        let entry = entry.map_err(|error| unlisted(&error))?;
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok()).ok_or_else(|| {
            Error::new(ErrorKind::System, format!("/proc/self/fd lists {}", entry.file_name().display()))
        })?;
        // The listing's own descriptor is closed by now or soon; its number is not in use afterwards.
        if let Ok(target) = std::fs::read_link(entry.path())
            && target.as_os_str() == "anon_inode:[io_uring]"
        {
            return Err(Error::new(ErrorKind::Shared, format!("descriptor {number} is an io_uring instance"))
                .help("what io_uring does passes every filter: close it before entry"));
        }
        numbers.push(number);
    }
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    numbers.retain(|&number| unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0);
    numbers.sort_unstable();
    Ok(numbers)
}

/// Replaces each descriptor that the plan does not name by the inert one, under its number.
pub(super) fn replace_undeclared(open: &[RawFd], plan: &Plan, inert: u32) -> Result<(), Error> {
    for &number in open {
        if !declared(plan, number) && u32::try_from(number) != Ok(inert) {
            replace(inert, number)?;
        }
    }
    Ok(())
}

/// Occupies every number below the plan's bound that is free.
pub(super) fn fill(open: &[RawFd], plan: &Plan, inert: u32) -> Result<(), Error> {
    for number in 0..plan.numbers.bound {
        let signed = RawFd::try_from(number).map_err(|_| Error::system("fill", libc::EBADF))?;
        if number != inert && open.binary_search(&signed).is_err() {
            replace(inert, signed)?;
        }
    }
    Ok(())
}

fn declared(plan: &Plan, number: RawFd) -> bool {
    u32::try_from(number)
        .is_ok_and(|number| plan.grants.iter().any(|grant| grant.number == number && grant.last == number))
}

fn replace(inert: u32, number: RawFd) -> Result<(), Error> {
    // SAFETY: dup3 takes no pointer. The descriptor that it closes is not declared: its owner gets an inert one, on
    // which every operation fails, and may close it.
    let replaced = unsafe { libc::syscall(libc::SYS_dup3, inert, number, libc::O_CLOEXEC) };
    if replaced < 0 && errno() == libc::EBADF {
        // A number above the hard limit cannot be replaced, only closed.
        // SAFETY: as above; nothing can be opened under a number above the limit.
        let closed = unsafe { libc::close(number) };
        return checked(closed.into(), &format!("close undeclared descriptor {number}")).map(|_| ());
    }
    checked(replaced, &format!("replace undeclared descriptor {number}")).map(|_| ())
}
