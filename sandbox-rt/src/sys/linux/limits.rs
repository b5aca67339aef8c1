//! Limits of the process: descriptors, core dumps, executable memory, debuggers.

use rustix::process::DumpableBehavior;
use sandbox_policy::linux::Plan;

use super::{checked, failed, pretended};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// `PR_SET_MDWE` with `PR_MDWE_REFUSE_EXEC_GAIN` (since Linux 6.3): memory that was writable cannot become executable.
const PR_SET_MDWE: libc::c_int = 65;
const PR_GET_MDWE: libc::c_int = 66;
const REFUSE_EXEC_GAIN: libc::c_ulong = 1;
/// Makes every readable page executable (personality(2)).
const READ_IMPLIES_EXEC: libc::c_ulong = 0x0040_0000;
const ASK: libc::c_ulong = 0xffff_ffff;

#[allow(clippy::unnecessary_cast, clippy::cast_lossless, reason = "their type differs by libc")]
const NOFILE: libc::c_long = libc::RLIMIT_NOFILE as libc::c_long;
#[allow(clippy::unnecessary_cast, clippy::cast_lossless, reason = "as above")]
const CORE: libc::c_long = libc::RLIMIT_CORE as libc::c_long;

pub(super) struct Limits {
    descriptors: Option<u64>,
    debuggable: bool,
}

pub(super) fn prepare(plan: &Plan) -> Result<Limits, Error> {
    let (bound, hard) = (u64::from(plan.numbers.bound), get(NOFILE, "RLIMIT_NOFILE")?.rlim_max);
    if bound > hard {
        let message =
            format!("the numbers below {bound} must be occupied, and the hard limit on descriptors is {hard}");
        return Err(Error::new(ErrorKind::Unenforceable, message)
            .help("raise the hard limit (`ulimit -Hn`), or acquire declared descriptors before opening many others"));
    }
    Ok(Limits { descriptors: plan.numbers.limit.map(u64::from), debuggable: plan.debuggable })
}

impl Limits {
    /// Raises the soft limit on descriptor numbers to the hard one, so that every number below it can be replaced.
    #[allow(clippy::unused_self, reason = "a step of entry, in its order")]
    pub(super) fn raise(&self) -> Result<(), Error> {
        let limit = get(NOFILE, "RLIMIT_NOFILE")?;
        if limit.rlim_cur == limit.rlim_max {
            return Ok(());
        }
        set(NOFILE, limit.rlim_max, "RLIMIT_NOFILE")
    }

    pub(super) fn apply(&self) -> Result<Vec<Mechanism>, Error> {
        let mut mechanisms = vec![executable_memory()];
        if let Some(limit) = self.descriptors {
            set(NOFILE, limit, "RLIMIT_NOFILE")?;
        }
        if self.debuggable {
            mechanisms.push(Mechanism::not_needed("no debuggers, no core dumps", "allow(debuggable), a debug build"));
        } else {
            set(CORE, 0, "RLIMIT_CORE")?;
            rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
                .map_err(failed("prctl(PR_SET_DUMPABLE)"))?;
            if rustix::process::dumpable_behavior().map_err(failed("prctl(PR_GET_DUMPABLE)"))?
                != DumpableBehavior::NotDumpable
            {
                return Err(pretended("the process is dumpable after PR_SET_DUMPABLE"));
            }
            mechanisms.push(Mechanism::holds("no debuggers, no core dumps", false, "not dumpable, core limit 0"));
        }
        Ok(mechanisms)
    }
}

/// Sets both the soft and the hard limit, and reads them back.
fn set(resource: libc::c_long, limit: u64, name: &str) -> Result<(), Error> {
    let wanted = libc::rlimit64 { rlim_cur: limit, rlim_max: limit };
    let nowhere = std::ptr::null_mut::<libc::rlimit64>();
    // SAFETY: `wanted` lives until the call returns; no old limit is asked for (prlimit(2)).
    let done = unsafe { libc::syscall(libc::SYS_prlimit64, 0, resource, &raw const wanted, nowhere) };
    checked(done, format_args!("setrlimit({name})"))?;
    let found = get(resource, name)?;
    if (found.rlim_cur, found.rlim_max) != (limit, limit) {
        return Err(pretended(format!("{name} does not read back as it was set")));
    }
    Ok(())
}

fn get(resource: libc::c_long, name: &str) -> Result<libc::rlimit64, Error> {
    // No soft limit is above the hard one, so that an answer can be told from none.
    let mut limit = libc::rlimit64 { rlim_cur: 1, rlim_max: 0 };
    let unchanged = std::ptr::null::<libc::rlimit64>();
    // SAFETY: `limit` is live and of the right size; no new limit is given.
    let asked = unsafe { libc::syscall(libc::SYS_prlimit64, 0, resource, unchanged, &raw mut limit) };
    checked(asked, format_args!("getrlimit({name})"))?;
    if limit.rlim_cur > limit.rlim_max {
        return Err(pretended(format!("getrlimit({name}) tells nothing")));
    }
    Ok(limit)
}

/// Underneath the filter, which refuses to make memory executable in any case.
fn executable_memory() -> Mechanism {
    const NAME: &str = "no new executable memory";
    // SAFETY: with this argument personality(2) only answers.
    let personality = unsafe { libc::personality(ASK) };
    let Ok(flags) = libc::c_ulong::try_from(personality) else {
        return Mechanism::missing(NAME, "personality(2) is refused, and may make readable memory executable");
    };
    if flags & READ_IMPLIES_EXEC != 0 {
        // SAFETY: takes flags only; future mappings are no longer executable by being readable.
        unsafe { libc::personality(flags & !READ_IMPLIES_EXEC) };
        // SAFETY: as above.
        let left = unsafe { libc::personality(ASK) };
        if !libc::c_ulong::try_from(left).is_ok_and(|left| left & READ_IMPLIES_EXEC == 0) {
            return Mechanism::missing(NAME, "READ_IMPLIES_EXEC could not be cleared");
        }
    }
    // SAFETY: takes flags only. Whether it holds, the next call tells; it may be on already.
    unsafe { libc::prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) };
    // SAFETY: takes no pointer.
    let found = unsafe { libc::prctl(PR_GET_MDWE, 0, 0, 0, 0) };
    if libc::c_ulong::try_from(found).is_ok_and(|found| found & REFUSE_EXEC_GAIN != 0) {
        return Mechanism::holds(NAME, false, "PR_SET_MDWE, read back");
    }
    Mechanism::missing(NAME, "prctl(PR_SET_MDWE): Linux 6.3 or later has it")
}
