//! Entry: the one way into the sandbox.

use std::io::Write as _;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use once_cell::sync::OnceCell;
use sandbox_policy::Policy;
use sandbox_policy::note::Source;

use crate::status::Status;
use crate::sys::{self, Entered, Progress, Request};
use crate::{Error, ErrorKind};

/// The process's one sandbox.
static STATUS: OnceCell<Status> = OnceCell::new();
/// An entry has taken its first irreversible step. Without a status it did not get to its end.
static BEGUN: AtomicBool = AtomicBool::new(false);
/// An entry was attempted and failed, or what it needs could not be acquired.
static FAILED: AtomicBool = AtomicBool::new(false);
/// The process of which a thread is entering; 0 if none is.
static ENTERING: AtomicU32 = AtomicU32::new(0);

/// Confines the process to the descriptors of the policy's resources, given in its order.
///
/// # Errors
///
/// If anything that must hold does not. The caller must not run the confined body then.
pub(crate) fn enter(policy: &Policy<'_>, source: &Source<'_>, descriptors: &[Vec<RawFd>]) -> Result<(), Error> {
    #[cfg(feature = "learn")]
    return learn(policy, source, descriptors, &[]);
    #[cfg(not(feature = "learn"))]
    {
        let _ = source;
        enter_with(&Request { policy, descriptors, landlock_at_most: u32::MAX })
    }
}

/// Watches the process instead, and names the fields of parameters, which declarations can name alone.
#[cfg(feature = "learn")]
pub(crate) fn learn(
    policy: &Policy<'_>,
    source: &Source<'_>,
    descriptors: &[Vec<RawFd>],
    fields: &sys::Fields<'_>,
) -> Result<(), Error> {
    let request = Request { policy, descriptors, landlock_at_most: u32::MAX };
    once(&request, |request, progress| sys::learn(request, source, fields, progress))
}

pub(crate) fn enter_with(request: &Request<'_>) -> Result<(), Error> {
    once(request, sys::enter)
}

/// Notes that the process will not be confined, and which function wanted it.
pub(crate) fn failed(function: &str, error: Error) -> Error {
    FAILED.store(true, Ordering::Relaxed);
    error.function(function)
}

/// Whether that has been noted.
pub(crate) fn has_failed() -> bool {
    FAILED.load(Ordering::Relaxed)
}

/// A platform's way in.
type Way<'a> = &'a dyn Fn(&Request<'_>, &mut Progress) -> Result<Entered, Error>;

fn once(
    request: &Request<'_>,
    way: impl Fn(&Request<'_>, &mut Progress) -> Result<Entered, Error>,
) -> Result<(), Error> {
    first(request, &way).map_err(|error| failed(request.policy.name, error))
}

fn first(request: &Request<'_>, way: Way<'_>) -> Result<(), Error> {
    if let Some(status) = STATUS.get() {
        return Err(Error::new(
            ErrorKind::Confined,
            format!("the process is confined already, as `{}`, and stays so for the rest of its life", status.function),
        )
        .help("confine once; run each further piece of work in a process of its own (`sandbox_rt::worker`)"));
    }
    if BEGUN.load(Ordering::Acquire) {
        return Err(Error::new(ErrorKind::Confined, "an earlier entry failed halfway")
            .help("end the process: part of the sandbox is in force and cannot be taken back"));
    }
    // Kept by process, so that the copy of a process in which another thread is entering can enter itself.
    let process = std::process::id();
    if ENTERING.swap(process, Ordering::AcqRel) == process {
        return Err(Error::new(ErrorKind::Confined, "another thread is entering at this moment")
            .help("enter once, from the only thread"));
    }
    let entered = confine(request, way);
    ENTERING.store(0, Ordering::Release);
    entered
}

fn confine(request: &Request<'_>, way: Way<'_>) -> Result<(), Error> {
    debug_assert_eq!(request.policy.resources.len(), request.descriptors.len());
    let mut progress = Progress::default();
    let entered = way(request, &mut progress).map_err(|error| error.with_in_force(progress.in_force()))?;
    let status = Status {
        function: request.policy.name.to_owned(),
        resources: Status::resources_of(request.policy, request.descriptors),
        mechanisms: entered.mechanisms,
        details: entered.details,
    };
    STATUS.set(status).map_err(|_| Error::new(ErrorKind::Confined, "the process was confined twice"))
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
