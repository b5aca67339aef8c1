//! How headings look: bold on a terminal, plain otherwise or where `NO_COLOR` is set.

use std::io::{IsTerminal, stdout};

fn styled() -> bool {
    // https://no-color.org: set and not empty, whatever the value.
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stdout().is_terminal() && !refused
}

/// A heading above a section of the output.
pub(crate) fn heading(text: &str) {
    if styled() {
        println!("\n\x1b[1m== {text}\x1b[0m");
    } else {
        println!("\n== {text}");
    }
}
