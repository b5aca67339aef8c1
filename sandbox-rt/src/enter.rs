//! Entry: the one way into the sandbox.

use std::io::Write as _;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};

use once_cell::sync::OnceCell;
use sandbox_policy::Policy;

use crate::status::Status;
use crate::sys::{self, Progress, Request};
use crate::{Error, ErrorKind};

/// The process's one sandbox.
static STATUS: OnceCell<Status> = OnceCell::new();
/// An entry has taken its first irreversible step. Without a status it did not get to its end.
static BEGUN: AtomicBool = AtomicBool::new(false);

/// Confines the process to the descriptors of the policy's resources, given in its order.
///
/// # Errors
///
/// If anything that must hold does not. The caller must not run the confined body then.
pub(crate) fn enter(policy: &Policy<'_>, descriptors: &[Vec<RawFd>]) -> Result<(), Error> {
    enter_with(&Request { policy, descriptors, landlock_at_most: u32::MAX })
}

pub(crate) fn enter_with(request: &Request<'_>) -> Result<(), Error> {
    let name = request.policy.name;
    if let Some(status) = STATUS.get() {
        return Err(Error::new(
            ErrorKind::Confined,
            format!("the process is confined already, as `{}`, and stays so for the rest of its life", status.function),
        )
        .function(name)
        .help("confine once; run each further piece of work in a process of its own (`sandbox_rt::worker`)"));
    }
    if BEGUN.load(Ordering::Acquire) {
        return Err(Error::new(ErrorKind::Confined, "an earlier entry failed halfway")
            .function(name)
            .help("end the process: part of the sandbox is in force and cannot be taken back"));
    }
    STATUS
        .get_or_try_init(|| {
            debug_assert_eq!(request.policy.resources.len(), request.descriptors.len());
            let mut progress = Progress::default();
            sys::enter(request, &mut progress)
                .map(|entered| Status {
                    function: name.to_owned(),
                    resources: Status::resources_of(request.policy, request.descriptors),
                    mechanisms: entered.mechanisms,
                    details: entered.details,
                })
                .map_err(|error| error.with_in_force(progress.in_force()))
        })
        .map(|_| ())
        .map_err(|error| error.function(name))
}

/// Notes that something cannot be taken back: whatever happens now, even a panic, there is no second try.
pub(crate) fn begun() {
    BEGUN.store(true, Ordering::Release);
}

/// What was printed before entry and not flushed would be lost with a stream that is not declared.
///
/// Called when it is certain that no other thread holds a stream's lock.
pub(crate) fn flush() -> Result<(), Error> {
    std::io::stdout().flush().map_err(|error| {
        Error::system("flush standard output", error.raw_os_error().unwrap_or(0))
            .help("what was printed before entry could not be written")
    })?;
    sys::flush_c_streams();
    Ok(())
}

/// The sandbox of this process: what was asked for and what holds. None before entry.
#[must_use]
pub fn status() -> Option<&'static Status> {
    STATUS.get()
}
