//! Limits of the process: descriptors, core dumps, executable memory, debuggers.

use rustix::process::{DumpableBehavior, Resource, Rlimit};
use sandbox_policy::linux::Plan;

use super::{checked, failed};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// `PR_SET_MDWE` with `PR_MDWE_REFUSE_EXEC_GAIN` (since Linux 6.3): memory that was writable cannot become executable.
const PR_SET_MDWE: libc::c_int = 65;
const REFUSE_EXEC_GAIN: libc::c_ulong = 1;
/// Makes every readable page executable (personality(2)).
const READ_IMPLIES_EXEC: libc::c_ulong = 0x0040_0000;
const ASK: libc::c_ulong = 0xffff_ffff;

const NOTHING: Rlimit = Rlimit { current: Some(0), maximum: Some(0) };

pub(super) struct Limits {
    descriptors: Option<u64>,
    debuggable: bool,
}

/// Raises the soft limit on descriptor numbers to the hard one, so that every number below it can be replaced.
pub(super) fn prepare(plan: &Plan) -> Result<Limits, Error> {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    rustix::process::setrlimit(Resource::Nofile, raised).map_err(failed("setrlimit(RLIMIT_NOFILE)"))?;
    Ok(Limits { descriptors: plan.numbers.limit.map(u64::from), debuggable: plan.debuggable })
}

impl Limits {
    pub(super) fn apply(&self) -> Result<Vec<Mechanism>, Error> {
        let mut mechanisms = vec![executable_memory()];
        if let Some(limit) = self.descriptors {
            set(Resource::Nofile, Rlimit { current: Some(limit), maximum: Some(limit) }, "RLIMIT_NOFILE")?;
        }
        if self.debuggable {
            mechanisms.push(Mechanism::not_needed("no debuggers, no core dumps", "allow(debuggable), a debug build"));
        } else {
            set(Resource::Core, NOTHING, "RLIMIT_CORE")?;
            rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
                .map_err(failed("prctl(PR_SET_DUMPABLE)"))?;
            if rustix::process::dumpable_behavior() != Ok(DumpableBehavior::NotDumpable) {
                return Err(Error::new(ErrorKind::Unverified, "the process is dumpable after PR_SET_DUMPABLE"));
            }
            mechanisms.push(Mechanism::holds("no debuggers, no core dumps", false, "not dumpable, core limit 0"));
        }
        Ok(mechanisms)
    }
}

fn set(resource: Resource, limit: Rlimit, name: &str) -> Result<(), Error> {
    rustix::process::setrlimit(resource, limit).map_err(failed(&format!("setrlimit({name})")))?;
    if rustix::process::getrlimit(resource) != limit {
        return Err(Error::new(ErrorKind::Unverified, format!("{name} does not read back as it was set")));
    }
    Ok(())
}

/// Underneath the filter, which refuses to make memory executable in any case.
fn executable_memory() -> Mechanism {
    const NAME: &str = "no new executable memory";
    // SAFETY: with this argument personality(2) only answers.
    let personality = unsafe { libc::personality(ASK) };
    #[allow(clippy::cast_sign_loss, reason = "a set of flags; an error has all of them and is refused below")]
    let flags = personality as libc::c_ulong;
    if personality >= 0 && flags & READ_IMPLIES_EXEC != 0 {
        // SAFETY: takes flags only; future mappings are no longer executable by being readable.
        let cleared = unsafe { libc::personality(flags & !READ_IMPLIES_EXEC) };
        if cleared < 0 {
            return Mechanism::missing(NAME, "READ_IMPLIES_EXEC could not be cleared");
        }
    }
    // SAFETY: takes flags only.
    let refused = unsafe { libc::prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) };
    match checked(refused.into(), "prctl(PR_SET_MDWE)") {
        Ok(_) => Mechanism::holds(NAME, false, "PR_SET_MDWE"),
        Err(error) => Mechanism::missing(NAME, error.operation().to_owned() + ": Linux 6.3 or later has it"),
    }
}
