//! Signals that ask for the end: noticed where the program waits, so that it can write out what it holds.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use sandbox_rt::Holds;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::sys;

/// The request to end.
#[derive(Debug, Holds)]
pub(crate) struct Stop {
    #[holds(skip)]
    caught: Arc<AtomicBool>,
    /// Becomes readable with the first signal.
    pub(crate) wake: PipeReader,
    /// What the handler writes to.
    pub(crate) notify: Arc<PipeWriter>,
}

/// What a wait came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The source can be read, or has ended.
    Ready,
    /// A signal asks for the end.
    Stopped,
    /// Time is up.
    Late,
}

impl Stop {
    /// Watches for INT, TERM and HUP.
    ///
    /// # Errors
    ///
    /// What the system says to a pipe or a handler.
    pub(crate) fn watch() -> io::Result<Self> {
        let (wake, notify) = io::pipe()?;
        // A handler must not wait, however many signals come.
        fcntl_setfl(&notify, fcntl_getfl(&notify)? | OFlags::NONBLOCK)?;
        let stop = Self { caught: Arc::default(), wake, notify: Arc::new(notify) };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            sys::signal::watch(signal, Arc::clone(&stop.caught), Arc::clone(&stop.notify))?;
        }
        Ok(stop)
    }

    /// Whether a signal has arrived.
    pub(crate) fn is_asked(&self) -> bool {
        self.caught.load(Ordering::SeqCst)
    }

    /// Waits until `source` can be read or has ended, or a signal arrives.
    ///
    /// # Errors
    ///
    /// poll(2)'s.
    pub(crate) fn wait_for(&self, source: impl AsFd) -> io::Result<Woken> {
        loop {
            let mut descriptors = [PollFd::new(&source, PollFlags::IN), PollFd::new(&self.wake, PollFlags::IN)];
            let polled = poll(&mut descriptors, None);
            if self.is_asked() {
                return Ok(Woken::Stopped);
            }
            match polled {
                Ok(_) if !descriptors[0].revents().is_empty() => return Ok(Woken::Ready),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// After the signal: waits for `source` alone, and not longer than `patience`.
    ///
    /// # Errors
    ///
    /// poll(2)'s.
    pub(crate) fn wait_once_more(source: impl AsFd, patience: Duration) -> io::Result<Woken> {
        let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&source, PollFlags::IN)], Some(&patience)) {
            Ok(0) => Ok(Woken::Late),
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(Woken::Ready),
            Err(error) => Err(error.into()),
        }
    }
}
