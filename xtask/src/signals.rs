//! Signals of the programs that are started.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT};
use signal_hook::flag;

use crate::failure::{Doing as _, Result};

/// Gives what is started the ordinary reaction to interrupts and hangups, even where this program was started to ignore
/// them (by nohup, as a shell's background job): the examples ask, and their tests send both.
///
/// What a program catches, exec sets back (signal(7)). So both are caught here: an interrupt ends this program as ever, a
/// hangup ends what it has started.
pub(crate) fn ordinary() -> Result<()> {
    for (signal, ends) in [(SIGINT, true), (SIGHUP, false)] {
        flag::register_conditional_default(signal, Arc::new(AtomicBool::new(ends))).doing("watch for signals")?;
    }
    Ok(())
}
