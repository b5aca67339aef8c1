//! Debuggers and core dumps.

use rustix::process::{Resource, Rlimit};
use sandbox_policy::freebsd::CapabilityPlan;

use super::{failed, procctl, unverified};
use crate::Error;
use crate::status::Mechanism;

const NAME: &str = "no debuggers, no core dumps";
const NOTHING: Rlimit = Rlimit { current: Some(0), maximum: Some(0) };
/// What `PROC_TRACE_STATUS` answers for a process that cannot be traced.
const NOT_TRACEABLE: libc::c_int = -1;

pub(super) fn apply(plan: &CapabilityPlan) -> Result<Mechanism, Error> {
    if plan.debuggable {
        return Ok(Mechanism::not_needed(NAME, "allow(debuggable), a debug build"));
    }
    rustix::process::setrlimit(Resource::Core, NOTHING).map_err(failed("setrlimit(RLIMIT_CORE)"))?;
    if rustix::process::getrlimit(Resource::Core) != NOTHING {
        return Err(unverified("RLIMIT_CORE does not read back as it was set"));
    }
    // Also after fexecve(2), which a declared right may allow.
    let disabled = procctl::set(libc::PROC_TRACE_CTL, libc::PROC_TRACE_CTL_DISABLE_EXEC, "procctl(PROC_TRACE_CTL)");
    match disabled {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
            return Ok(Mechanism::missing(NAME, "core limit 0, but a debugger or ktrace is attached already"));
        }
        Err(error) => return Err(error),
    }
    if procctl::get(libc::PROC_TRACE_STATUS, "procctl(PROC_TRACE_STATUS)")? != NOT_TRACEABLE {
        return Err(unverified("the process is traceable after PROC_TRACE_CTL_DISABLE_EXEC"));
    }
    Ok(Mechanism::holds(NAME, false, "not traceable, core limit 0"))
}
