//! The inert object: what undeclared descriptors become.
//!
//! An `O_PATH` handle of a sealed memfd with mode 0. It cannot be read, written, mapped, executed, re-opened or given a
//! name. Never `/dev/null`, a directory or an unnamed temporary file: each of those can still be used for something.

use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};

use rustix::fs::{MemfdFlags, Mode, OFlags, SealFlags};

use super::{failed, fresh, pretended, stat};
use crate::{Error, ErrorKind};

/// Its content stays as it is: empty.
const SEALS: SealFlags = SealFlags::GROW.union(SealFlags::SHRINK).union(SealFlags::WRITE).union(SealFlags::SEAL);

pub(super) struct Inert(OwnedFd);

/// Makes it; `open` are the numbers that are in use.
pub(super) fn make(open: &[RawFd]) -> Result<Inert, Error> {
    let unsupported =
        |error: Error| error.kind_is(ErrorKind::Unsupported).help("entry needs it: allow it in the outer sandbox");
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Linux before 6.3 does not know NOEXEC_SEAL and answers EINVAL; mode 0 and the seals hold there as well.
    let memory = rustix::fs::memfd_create("sandbox-inert", flags | MemfdFlags::NOEXEC_SEAL)
        .or_else(|error| match error {
            rustix::io::Errno::INVAL => rustix::fs::memfd_create("sandbox-inert", flags),
            other => Err(other),
        })
        .map_err(failed("memfd_create"))
        .map_err(unsupported)?;
    let memory = fresh(memory, "memfd_create", open)?;
    rustix::fs::fchmod(&memory, Mode::empty()).map_err(failed("fchmod of the inert object"))?;
    rustix::fs::fcntl_add_seals(&memory, SEALS).map_err(failed("seal the inert object"))?;
    let seals = rustix::fs::fcntl_get_seals(&memory).map_err(failed("ask for the seals of the inert object"))?;
    if !seals.contains(SEALS) || Mode::from_raw_mode(stat(memory.as_raw_fd())?.st_mode) != Mode::empty() {
        return Err(pretended("the inert object is not sealed"));
    }
    let path = format!("/proc/self/fd/{}", memory.as_raw_fd());
    let handle = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
        .map_err(failed("re-open the inert object through /proc/self/fd"))
        .map_err(unsupported)?;
    fresh(handle, "open", open).map(Inert)
}

impl Inert {
    pub(super) fn number(&self) -> u32 {
        self.0.as_raw_fd().unsigned_abs()
    }

    /// Leaves it open for the rest of the process's life: the handler of trapped closes duplicates it.
    pub(super) fn keep(self) {
        let _ = self.0.into_raw_fd();
    }
}
