//! What the user reads, on standard error: each line in one piece, because two processes write there. Where that fails
//! there is nobody left to tell.

use std::fmt;
use std::io::{self, Write as _};

/// Says something.
pub(crate) fn say(text: fmt::Arguments<'_>) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Says that something is wrong.
pub(crate) fn complain(text: fmt::Arguments<'_>) {
    say(format_args!("dhclient: {text}"));
}
