//! The descriptor table: what is open, what is replaced, what is filled.

use std::os::fd::RawFd;

use rustix::fs::FileType;
use sandbox_policy::linux::Plan;

use super::{borrow, checked, errno, failed, pretended, procfs};
use crate::{Error, ErrorKind};

/// To list an open number takes the kernel as long as to tell of ten others that they are not open: so many are tried
/// before all are listed.
const TRIED_PER_OPEN: usize = 10;
const TRIED: usize = 1024;

/// Every open number, ascending, and what it stands for.
pub(super) struct Open {
    pub(super) numbers: Vec<RawFd>,
    kinds: Vec<FileType>,
}

impl Open {
    fn with_capacity(count: usize) -> Self {
        Self { numbers: Vec::with_capacity(count), kinds: Vec::with_capacity(count) }
    }

    fn push(&mut self, number: RawFd, kind: FileType) {
        self.numbers.push(number);
        self.kinds.push(kind);
    }

    /// The type of inode(7) behind the number, if it has one and it is known.
    pub(super) fn kind(&self, number: RawFd) -> FileType {
        self.numbers.binary_search(&number).map_or(FileType::Unknown, |at| self.kinds[at])
    }
}

/// What is open.
///
/// # Errors
///
/// Without procfs, and if an io_uring instance is among them: what it does passes every filter.
pub(super) fn open() -> Result<Open, Error> {
    let listing = procfs::Listing::open("/proc/self/fd")?;
    let count = listing.count()?;
    let mut open = Open::with_capacity(count.min(TRIED));
    for number in (0..).take(TRIED.min(count.saturating_mul(TRIED_PER_OPEN))) {
        if open.numbers.len() == count {
            break;
        }
        if let Some(kind) = look(number)? {
            open.push(number, kind);
        }
    }
    if count == 0 || open.numbers.len() != count {
        // An older kernel, which tells no count, or higher numbers.
        let numbers = listing.numbers()?;
        open = Open::with_capacity(numbers.len());
        for number in numbers {
            let kind = look(number)?.ok_or_else(|| pretended(format!("descriptor {number} is listed and not open")))?;
            open.push(number, kind);
        }
    }
    if let Ok(own) = open.numbers.binary_search(&listing.own()) {
        open.numbers.remove(own);
        open.kinds.remove(own);
    }
    for (&number, kind) in open.numbers.iter().zip(&open.kinds) {
        // Such an instance has no type.
        if *kind == FileType::Unknown && listing.link(number)?.as_os_str() == "anon_inode:[io_uring]" {
            return Err(Error::new(ErrorKind::Shared, format!("descriptor {number} is an io_uring instance"))
                .help("what io_uring does passes every filter: close it before entry"));
        }
    }
    Ok(open)
}

/// The type of what the number stands for, which may be unknown, if it is open.
///
/// Nothing is asked of a remote file system, which may not answer.
fn look(number: RawFd) -> Result<Option<FileType>, Error> {
    // SAFETY: all zeros is a valid statx.
    let mut about: libc::statx = unsafe { std::mem::zeroed() };
    let flags = libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC;
    // SAFETY: the path is a string, and `about` is live and of the right type (statx(2)).
    let asked =
        unsafe { libc::syscall(libc::SYS_statx, number, c"".as_ptr(), flags, libc::STATX_TYPE, &raw mut about) };
    if asked == 0 && about.stx_mask & libc::STATX_TYPE != 0 {
        return Ok(Some(FileType::from_raw_mode(about.stx_mode.into())));
    }
    if asked != 0 && errno() == libc::EBADF {
        return Ok(None);
    }
    // An outer sandbox refuses to tell, or tells nothing.
    Ok(is_open(number)?.then_some(FileType::Unknown))
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
