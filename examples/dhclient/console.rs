//! What the user reads, on standard error. Where that fails there is nobody left to tell.

use std::fmt;
use std::io::{self, Write as _};

/// Says something.
pub(crate) fn say(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says that something is wrong.
pub(crate) fn complain(text: fmt::Arguments<'_>) {
    say(format_args!("dhclient: {text}"));
}
