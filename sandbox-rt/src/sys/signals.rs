//! Signals wait until the process is confined: a handler that ran between two steps of entry could open what is not seen.

use crate::{Error, ErrorKind};

/// What the kernel sends for what an instruction did. Blocked, it would end the process.
const BY_INSTRUCTIONS: [libc::c_int; 6] =
    [libc::SIGILL, libc::SIGTRAP, libc::SIGBUS, libc::SIGFPE, libc::SIGSEGV, libc::SIGSYS];

/// At least the number of the last signal (NSIG); what is no signal is in no set.
const LAST: libc::c_int = 128;

/// The signals that entry blocked; dropped, they arrive.
pub(crate) struct Held(libc::sigset_t);

/// Blocks every signal that is not blocked yet.
pub(crate) fn hold() -> Result<Held, Error> {
    let mut all = every();
    for signal in BY_INSTRUCTIONS {
        // SAFETY: `all` is a live, initialised set.
        unsafe { libc::sigdelset(&raw mut all, signal) };
    }
    // Who pretends to answer has blocked nothing: then all were blocked before.
    let before = change(libc::SIG_BLOCK, Some(&all), every())?;
    // Whatever fails from here on, they arrive again.
    let mut held = Held(all);
    for signal in (1..=LAST).filter(|&signal| is_in(&before, signal)) {
        // SAFETY: as above.
        unsafe { libc::sigdelset(&raw mut held.0, signal) };
    }
    let now = change(libc::SIG_BLOCK, None, none())?;
    let arrives = |signal: libc::c_int| is_in(&all, signal) && !is_in(&now, signal);
    if (1..=LAST).any(|signal| arrives(signal) && signal != libc::SIGKILL && signal != libc::SIGSTOP) {
        return Err(Error::new(ErrorKind::Unverified, "signals are not blocked after sigprocmask")
            .help("an outer sandbox answers for the kernel: make it refuse, not pretend"));
    }
    Ok(held)
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nothing depends on it but that signals arrive; that the call is permitted, `hold` has seen.
        let _ = change(libc::SIG_UNBLOCK, Some(&self.0), none());
    }
}

/// Changes the mask, and gives the one before: `unanswered`, where the kernel has not been asked.
fn change(
    how: libc::c_int,
    signals: Option<&libc::sigset_t>,
    unanswered: libc::sigset_t,
) -> Result<libc::sigset_t, Error> {
    let signals = signals.map_or(std::ptr::null(), std::ptr::from_ref);
    let mut before = unanswered;
    // SAFETY: `signals` is null or a live set, and `before` is live.
    let changed = unsafe { libc::sigprocmask(how, signals, &raw mut before) };
    if changed != 0 {
        return Err(Error::system("sigprocmask", std::io::Error::last_os_error().raw_os_error().unwrap_or(0)));
    }
    Ok(before)
}

fn none() -> libc::sigset_t {
    // SAFETY: all zeros is a valid set.
    let mut signals: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `signals` is a live set.
    unsafe { libc::sigemptyset(&raw mut signals) };
    signals
}

/// Every signal but libc's own, which sigprocmask(3) leaves out without a word.
fn every() -> libc::sigset_t {
    let mut signals = none();
    // SAFETY: `signals` is a live set.
    unsafe { libc::sigfillset(&raw mut signals) };
    // glibc's and musl's sigfillset(3) know theirs. FreeBSD's does not, by which libthr cancels threads.
    #[cfg(target_os = "freebsd")]
    // SAFETY: as above.
    unsafe {
        libc::sigdelset(&raw mut signals, libc::SIGTHR)
    };
    signals
}

fn is_in(signals: &libc::sigset_t, signal: libc::c_int) -> bool {
    // SAFETY: `signals` is a live, initialised set.
    unsafe { libc::sigismember(signals, signal) == 1 }
}
