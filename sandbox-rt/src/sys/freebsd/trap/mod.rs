//! Refused calls that raise SIGTRAP (procctl(2), `PROC_TRAPCAP_CTL`): `on_violation = report` and `kill`.
//!
//! The handler runs after the call was refused and before it returns: it is async-signal-safe, allocates nothing, and
//! can permit nothing. Hostile code can turn the signal off again; its calls stay refused all the same.
//!
//! Whoever may debug the process can turn it on at any time, and the sysctl `kern.trap_enotcap` does so for all processes.
//! A program that did not ask for it must not be ended by a size hint of std: the handler is there in any case, and then
//! it lets the call fail.

mod context;
mod explain;
mod table;

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicPtr, Ordering};

use sandbox_policy::freebsd::{CapabilityPlan, Trap, call};

use self::context::Refusal;
use self::table::Table;
use super::{checked, procctl, unverified};
use crate::Error;
use crate::status::Mechanism;
use crate::sys::Request;

const NAME: &str = "refused calls raise SIGTRAP";

/// The table of the process's one sandbox; set before the handler can run, and never freed.
static TABLE: AtomicPtr<Table> = AtomicPtr::new(std::ptr::null_mut());

/// The handler's table.
///
/// # Errors
///
/// If something cannot be found out about a declared descriptor.
pub(super) fn prepare(request: &Request<'_>, plan: &CapabilityPlan, open: &[RawFd]) -> Result<Box<Table>, Error> {
    Table::new(request, plan, open).map(Box::new)
}

/// Installs the handler for SIGTRAP, makes sure that the signal is not blocked, and asks for it where the plan does.
pub(super) fn install(table: Box<Table>) -> Result<Mechanism, Error> {
    let trap = table.trap;
    TABLE.store(Box::into_raw(table), Ordering::Release);
    checked(handle(on_sigtrap as *const () as libc::sighandler_t), "sigaction(SIGTRAP)")?;
    checked(unblock(), "sigprocmask")?;
    // The setting is inherited.
    signal(trap != Trap::Never)?;
    Ok(match trap {
        Trap::Never => Mechanism::not_needed(NAME, "on_violation = error"),
        Trap::Report => Mechanism::holds(NAME, true, "and are explained"),
        Trap::Kill => Mechanism::holds(NAME, true, "and end the process"),
    })
}

/// Turns the signal on or off for this process, and makes sure of it.
fn signal(on: bool) -> Result<(), Error> {
    let setting = if on { libc::PROC_TRAPCAP_CTL_ENABLE } else { libc::PROC_TRAPCAP_CTL_DISABLE };
    procctl::set(libc::PROC_TRAPCAP_CTL, setting, "procctl(PROC_TRAPCAP_CTL)")?;
    if procctl::get(libc::PROC_TRAPCAP_STATUS, "procctl(PROC_TRAPCAP_STATUS)")? != setting {
        return Err(unverified("PROC_TRAPCAP_CTL does not read back as it was set"));
    }
    Ok(())
}

/// Sets what happens at SIGTRAP.
fn handle(handler: libc::sighandler_t) -> libc::c_int {
    // SAFETY: all zeros is a valid sigaction (no flags, empty mask).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    // SAFETY: `action` is initialised and lives until the call returns; no old action is asked for.
    unsafe { libc::sigaction(libc::SIGTRAP, &raw const action, std::ptr::null_mut()) }
}

fn unblock() -> libc::c_int {
    // SAFETY: all zeros is a valid set; sigemptyset makes it a defined one.
    let mut signals: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `signals` is a live set.
    unsafe { libc::sigemptyset(&raw mut signals) };
    // SAFETY: as above, and SIGTRAP is a valid signal.
    unsafe { libc::sigaddset(&raw mut signals, libc::SIGTRAP) };
    // SAFETY: `signals` is a live, initialised set; no old mask is asked for.
    unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &raw const signals, std::ptr::null_mut()) }
}

extern "C" fn on_sigtrap(_signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: errno is this thread's own.
    let errno = unsafe { libc::__error() };
    // SAFETY: as above.
    let saved = unsafe { *errno };
    // SAFETY: the kernel passes pointers to a siginfo and a context that live until the handler returns, because it
    // was installed with SA_SIGINFO.
    let refusal = unsafe { Refusal::read(info, context) };
    // SAFETY: set once before the handler was installed, from a Box that is never freed.
    let table = unsafe { TABLE.load(Ordering::Acquire).as_ref() };
    match (refusal, table) {
        (Some(refusal), Some(table)) => match table.trap {
            Trap::Never => {}
            Trap::Report => explain::refusal(table, &refusal),
            Trap::Kill if call::find(refusal.number).is_some_and(|call| call.survived) => {}
            Trap::Kill => end(),
        },
        // A breakpoint, or somebody's signal: what it does without a handler.
        (None, _) | (_, None) => end(),
    }
    // SAFETY: as above.
    unsafe { *errno = saved };
}

/// Ends the process by SIGTRAP: a shell shows 133.
fn end() {
    handle(libc::SIG_DFL);
    unblock();
    if let Ok(own) = libc::pid_t::try_from(std::process::id()) {
        // SAFETY: takes numbers. A process in capability mode may signal itself.
        unsafe { libc::kill(own, libc::SIGTRAP) };
    }
    // SAFETY: takes a number and does not return, should the signal not have ended the process.
    unsafe { libc::_exit(128 + libc::SIGTRAP) }
}
