//! The order of entry. Before the first descriptor is limited nothing irreversible happens; after it an error is
//! partial.

use sandbox_policy::freebsd::{CapabilityPlan, PlanError, Release, Target, lower};

use super::{descriptors, failed, isolation, lazy, limits, objects, rights, sysctl, trap, unverified};
use crate::status::Mechanism;
use crate::sys::{Entered, Progress, Request, signals};
use crate::{Error, ErrorKind};

pub(crate) fn enter(request: &Request<'_>, progress: &mut Progress) -> Result<Entered, Error> {
    let policy = request.policy;
    // What must be so for confinement to hold.
    outside()?;
    isolation::one_thread()?;
    // libc locks what it loads: a neighbour that forks must not find it locked.
    lazy::load();
    crate::enter::flush()?;
    // Not before: what flushing waits for, a signal may have to end.
    let signals = signals::hold()?;
    let table = isolation::own_descriptor_table()?;
    let open = descriptors::open()?;
    let granted = objects::inspect(policy, request.descriptors)?;

    // The plan, and everything that can be made before it is carried out.
    let target = Target { release: Release(sysctl::release()?), debug_build: cfg!(debug_assertions) };
    let plan = lower(policy, &granted, &target).map_err(|error| planned(&error))?;
    let limited = rights::prepare(&plan, &open)?;
    let handler = trap::prepare(request, &plan, &open)?;
    // Again: what flushing and allocating called (a stream of the program's own, its allocator) may have started one.
    let thread = isolation::one_thread()?;

    // From here on nothing can be taken back.
    let mut mechanisms = vec![thread, table];
    mechanisms.extend(rights::limit(&limited, &open, progress)?);
    progress.note("undeclared descriptors limited");
    mechanisms.push(limits::apply(&plan)?);
    progress.note("limits");
    mechanisms.push(trap::install(handler)?);
    capsicum::enter().map_err(failed("cap_enter")).map_err(no_capsicum)?;
    progress.note("capability mode");
    mechanisms.push(verify()?);
    rights::verify(&limited, &open)?;
    drop(signals);
    mechanisms.sort_by_key(|mechanism| !mechanism.required);
    Ok(Entered { mechanisms, details: Details { plan } })
}

/// In capability mode descriptors cannot be listed, and nobody knows with which rights they were left.
fn outside() -> Result<(), Error> {
    if capsicum::get_mode().map_err(failed("cap_getmode")).map_err(no_capsicum)? {
        return Err(Error::new(ErrorKind::Confined, "the process is in capability mode already")
            .help("start the program outside of capability mode"));
    }
    Ok(())
}

fn verify() -> Result<Mechanism, Error> {
    if !capsicum::get_mode().map_err(failed("cap_getmode"))? {
        return Err(unverified("the process is not in capability mode after cap_enter"));
    }
    Ok(Mechanism::holds("capability mode", true, "entered, read back by cap_getmode"))
}

/// A kernel that was built without capability mode.
fn no_capsicum(error: Error) -> Error {
    if error.raw_os_error() == Some(libc::ENOSYS) {
        return error
            .kind_is(ErrorKind::Unsupported)
            .help("this kernel is built without `options CAPABILITY_MODE`; the GENERIC kernel has it");
    }
    error
}

/// What was carried out; text is made of it on request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    plan: CapabilityPlan,
}

impl Details {
    pub(crate) fn plan(&self) -> String {
        self.plan.describe()
    }

    #[allow(clippy::unused_self, reason = "the contract: Linux has a filter")]
    pub(crate) fn filter(&self) -> Option<String> {
        None
    }
}

fn planned(error: &PlanError) -> Error {
    let help = match error {
        PlanError::Refused { .. } => "remove the right, or do it before entry",
        PlanError::TooOld { .. } => "remove the right, or run it on a later release",
        PlanError::Ioctl { .. } => "make the request before entry",
        _ => "declare less",
    };
    let unenforceable = Error::new(ErrorKind::Unenforceable, error.to_string()).help(help);
    match error {
        PlanError::Refused { resource, .. }
        | PlanError::TooOld { resource, .. }
        | PlanError::TooManyIoctls { resource, .. } => unenforceable.resource(resource),
        _ => unenforceable,
    }
}
