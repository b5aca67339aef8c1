//! Signals that end the program: noticed where it waits, so that what it was writing can be removed first.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{RecvFlags, recv};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::sys::is_ignored;

/// A signal that asked the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caught(pub i32);

/// The signals that have arrived.
#[derive(Debug)]
pub struct Signals {
    /// The last one's number, or 0.
    caught: Arc<AtomicUsize>,
    /// Becomes readable with the first one.
    wake: UnixStream,
    /// Becomes readable when a child ends.
    children: UnixStream,
    /// Whether the program runs in the foreground: a shell starts others with interrupts ignored.
    pub foreground: bool,
}

impl Signals {
    /// Watches for INT, TERM and HUP, except those that the program was started to ignore, as nohup does.
    ///
    /// # Errors
    ///
    /// What the system says to a socket pair or a handler.
    pub fn watch() -> io::Result<Self> {
        let (wake, handler) = UnixStream::pair()?;
        let caught = Arc::new(AtomicUsize::new(0));
        let (children, ended) = UnixStream::pair()?;
        low_level::pipe::register(SIGCHLD, ended)?;
        let foreground = !is_ignored(SIGINT);
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            if !is_ignored(signal) {
                flag::register_usize(signal, Arc::clone(&caught), signal.unsigned_abs() as usize)?;
                low_level::pipe::register(signal, handler.try_clone()?)?;
            }
        }
        Ok(Self { caught, wake, children, foreground })
    }

    /// Whether to go on.
    ///
    /// # Errors
    ///
    /// If a signal has arrived.
    pub fn check(&self) -> Result<(), Caught> {
        match self.caught.load(Ordering::SeqCst) {
            0 => Ok(()),
            number => Err(Caught(i32::try_from(number).unwrap_or(SIGTERM))),
        }
    }

    /// Waits until `source` can be read or has ended.
    ///
    /// # Errors
    ///
    /// If a signal arrives first.
    pub fn wait_for(&self, source: impl AsFd) -> Result<(), Caught> {
        self.wait_for_any([source.as_fd()]).map(drop)
    }

    /// Waits until at least one of `sources` can be read or has ended, and says which.
    ///
    /// # Errors
    ///
    /// If a signal arrives first.
    pub fn wait_for_any<const N: usize>(&self, sources: [BorrowedFd<'_>; N]) -> Result<[bool; N], Caught> {
        let descriptors = [self.wake.as_fd()].into_iter().chain(sources);
        let mut descriptors: Vec<_> =
            descriptors.map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN)).collect();
        loop {
            match poll(&mut descriptors, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                // The read that follows says what is wrong.
                Err(_) => return Ok([true; N]),
            }
            self.check()?;
            let ready = std::array::from_fn(|index| !descriptors[index + 1].revents().is_empty());
            if ready.contains(&true) {
                return Ok(ready);
            }
        }
    }

    /// Waits until this child has ended, which is then still to be waited for.
    ///
    /// # Errors
    ///
    /// If a signal arrives first.
    pub fn wait_for_end(&self, child: u32) -> Result<(), Caught> {
        self.check()?;
        let Some(child) = i32::try_from(child).ok().and_then(Pid::from_raw) else { return Ok(()) };
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // What ends after the look makes `children` readable, so that nothing is missed in between.
        while let Ok(None) = waitid(WaitId::Pid(child), look) {
            self.wait_for(&self.children)?;
            let _ = recv(&self.children, &mut [0_u8; 16], RecvFlags::DONTWAIT);
        }
        Ok(())
    }
}

/// Ends the program as the signal would have.
#[must_use]
pub fn die_of(signal: i32) -> ExitCode {
    // Returns only if it failed.
    let _ = low_level::emulate_default_handler(signal);
    ExitCode::FAILURE
}
