//! What the answers look like. Colours are taken out again where nobody would see them (`anstream`; NO_COLOR).

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::failure::Result;

/// What is asked about.
pub(crate) const TITLE: Style = Style::new().bold();
/// Allowed, held, lost.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Refused, missing, gained.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What should be known.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// What may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Writes the answer as JSON.
pub(crate) fn json(answer: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    writeln!(out)?;
    Ok(())
}

/// Lines moved to the right.
pub(crate) fn indented(text: &str, by: usize, out: &mut dyn Write) -> Result<()> {
    for line in text.lines() {
        writeln!(out, "{:by$}{line}", "")?;
    }
    Ok(())
}

/// `1 function`, `2 functions`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
