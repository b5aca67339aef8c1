//! The descriptor table: what is open, what is replaced, what is filled.

use std::os::fd::RawFd;

use sandbox_policy::linux::Plan;

use super::{borrow, checked, errno, failed, pretended, procfs};
use crate::{Error, ErrorKind};

/// So many numbers are tried one by one. For each that is open the kernel takes ten times as long to list it.
const TRIED: RawFd = 1024;

/// Every open number, ascending.
///
/// # Errors
///
/// Without procfs, and if an io_uring instance is among them: what it does passes every filter.
pub(super) fn open() -> Result<Vec<RawFd>, Error> {
    let listing = procfs::Listing::open("/proc/self/fd")?;
    let count = listing.count()?;
    let mut open = Vec::with_capacity(count);
    for number in 0..TRIED {
        if open.len() == count {
            break;
        }
        open.extend(look(number)?.map(|object| (number, object)));
    }
    if count == 0 || open.len() != count {
        // An older kernel, which tells no count, or higher numbers.
        open.clear();
        for number in listing.numbers()? {
            let object =
                look(number)?.ok_or_else(|| pretended(format!("descriptor {number} is listed and not open")))?;
            open.push((number, object));
        }
    }
    open.retain(|&(number, _)| number != listing.own());
    for &(number, object) in &open {
        if object == Object::Untyped && listing.link(number)?.as_os_str() == "anon_inode:[io_uring]" {
            return Err(Error::new(ErrorKind::Shared, format!("descriptor {number} is an io_uring instance"))
                .help("what io_uring does passes every filter: close it before entry"));
        }
    }
    Ok(open.into_iter().map(|(number, _)| number).collect())
}

/// What an open number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Object {
    /// Something with a type of inode(7).
    Typed,
    /// Something without, as io_uring instances are, or of which nothing is known.
    Untyped,
}

/// What the number stands for, if it is open.
///
/// Nothing is asked of a remote file system, which may not answer.
fn look(number: RawFd) -> Result<Option<Object>, Error> {
    // SAFETY: all zeros is a valid statx.
    let mut about: libc::statx = unsafe { std::mem::zeroed() };
    let flags = libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC;
    // SAFETY: the path is a string, and `about` is live and of the right type (statx(2)).
    let asked =
        unsafe { libc::syscall(libc::SYS_statx, number, c"".as_ptr(), flags, libc::STATX_TYPE, &raw mut about) };
    if asked == 0 && about.stx_mask & libc::STATX_TYPE != 0 {
        let typed = u32::from(about.stx_mode) & libc::S_IFMT != 0;
        return Ok(Some(if typed { Object::Typed } else { Object::Untyped }));
    }
    if asked != 0 && errno() == libc::EBADF {
        return Ok(None);
    }
    // An outer sandbox refuses to tell, or tells nothing.
    Ok(is_open(number)?.then_some(Object::Untyped))
}

fn is_open(number: RawFd) -> Result<bool, Error> {
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    if unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0 {
        return Ok(true);
    }
    if errno() == libc::EBADF { Ok(false) } else { Err(Error::system("fcntl(F_GETFD)", errno())) }
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
        checked(closed.into(), format_args!("close undeclared descriptor {number}"))?;
        return if is_open(number)? {
            Err(pretended(format!("descriptor {number} is open after close")))
        } else {
            Ok(())
        };
    }
    let replaced = checked(replaced, format_args!("replace undeclared descriptor {number}"))?;
    if replaced != libc::c_long::from(number) || !is_inert(number)? {
        return Err(pretended(format!("descriptor {number} is what it was after dup3")));
    }
    Ok(())
}

/// Whether it can only be looked at, as the inert one.
fn is_inert(number: RawFd) -> Result<bool, Error> {
    let flags = rustix::fs::fcntl_getfl(borrow(number)?).map_err(failed("fcntl(F_GETFL)"))?;
    Ok(flags.contains(rustix::fs::OFlags::PATH))
}
