//! What runs in a signal handler.

use std::io::{self, PipeWriter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::low_level;

/// Has `caught` set and a byte written to `notify` whenever the signal arrives.
///
/// # Errors
///
/// sigaction(2)'s.
pub(crate) fn watch(signal: i32, caught: Arc<AtomicBool>, notify: Arc<PipeWriter>) -> io::Result<()> {
    let action = move || {
        caught.store(true, Ordering::SeqCst);
        // Where the pipe is full, somebody has been told.
        let _ = rustix::io::write(&*notify, &[0]);
    };
    // SAFETY: storing an atomic and write(2) are async-signal-safe, and nothing is allocated, freed or locked.
    unsafe { low_level::register(signal, action) }.map(drop)
}
