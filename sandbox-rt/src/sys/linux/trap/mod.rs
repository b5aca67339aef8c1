//! Trapped calls: the few that the filter hands to the process itself.
//!
//! `newfstatat` with an empty path is answered by `fstat`; closing a pinned number puts the inert descriptor in its
//! place; with `report`, refused calls are explained on stderr. The handler runs wherever the call was made: it is
//! async-signal-safe, allocates nothing, decides from its own table before it calls the kernel, and calls only what the
//! filter allows anyway. It has no exemption that hostile code could use.

mod answer;
mod context;
mod explain;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod table;

use std::sync::atomic::{AtomicPtr, Ordering};

use sandbox_policy::linux::Plan;

use self::context::Context;
use self::table::Table;
use super::{checked, pretended};
use crate::Error;
use crate::sys::Request;

/// The table of the process's one sandbox; set before the handler can run, and never freed.
static TABLE: AtomicPtr<Table> = AtomicPtr::new(std::ptr::null_mut());

/// The handler's table, if the plan traps anything.
pub(super) fn prepare(request: &Request<'_>, plan: &Plan) -> Result<Option<Box<Table>>, Error> {
    let traps = plan.filter.calls.iter().any(|entry| {
        entry.otherwise == sandbox_policy::linux::Action::Trap
            || entry.rules.iter().any(|rule| rule.action == sandbox_policy::linux::Action::Trap)
    });
    traps.then(|| Table::new(request, plan).map(Box::new)).transpose()
}

/// Installs the handler for SIGSYS and makes sure that the signal is not blocked.
pub(super) fn install(table: Option<Box<Table>>) -> Result<(), Error> {
    let Some(table) = table else { return Ok(()) };
    TABLE.store(Box::into_raw(table), Ordering::Release);
    // SAFETY: all zeros is a valid sigaction (no flags, empty mask).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = on_sigsys as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    // SAFETY: `action` is initialised and lives until the call returns; no old action is asked for.
    let installed = unsafe { libc::sigaction(libc::SIGSYS, &raw const action, std::ptr::null_mut()) };
    checked(installed.into(), "sigaction(SIGSYS)")?;
    // SAFETY: as above.
    let mut found: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `found` is live; no new action is given.
    let asked = unsafe { libc::sigaction(libc::SIGSYS, std::ptr::null(), &raw mut found) };
    checked(asked.into(), "sigaction(SIGSYS)")?;
    if found.sa_sigaction != action.sa_sigaction {
        return Err(pretended("the handler of SIGSYS is not installed"));
    }
    // SAFETY: all zeros is a valid set; sigemptyset makes it a defined one.
    let mut signals: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `signals` is a live set.
    unsafe { libc::sigemptyset(&raw mut signals) };
    // SAFETY: as above, and SIGSYS is a valid signal.
    unsafe { libc::sigaddset(&raw mut signals, libc::SIGSYS) };
    // SAFETY: `signals` is a live, initialised set; no old mask is asked for.
    let unblocked = unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &raw const signals, std::ptr::null_mut()) };
    checked(unblocked.into(), "sigprocmask").map(|_| ())
}

extern "C" fn on_sigsys(_signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes pointers to a siginfo and a context that live until the handler returns, because it
    // was installed with SA_SIGINFO.
    let Some(mut call) = (unsafe { Context::trapped(info, context) }) else { return };
    // SAFETY: set once before the handler was installed, from a Box that is never freed.
    let Some(table) = (unsafe { TABLE.load(Ordering::Acquire).as_ref() }) else { return };
    // SAFETY: errno is this thread's own.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let saved = unsafe { *errno };
    let result = answer::answer(table, call.number(), &call.arguments());
    call.set_result(result);
    // SAFETY: as above.
    unsafe { *errno = saved };
}
