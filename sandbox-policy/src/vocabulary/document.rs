//! The vocabulary as a table for people: SECURITY.md holds it, and a test compares them.

use std::fmt::Write as _;

use super::{Enforcement, Row, rows};

/// The table of every right in Markdown: what it permits, and how exactly each system enforces it.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| right | permits | Linux calls | on Linux | on FreeBSD |\n|---|---|---|---|---|\n");
    for row in rows() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            row.name,
            row.meaning,
            calls(row),
            enforcement(row.on_linux),
            enforcement(row.on_freebsd)
        );
    }
    text
}

fn calls(row: &Row) -> String {
    let mut names: Vec<&str> = Vec::new();
    for rule in row.linux {
        if !names.contains(&rule.call.name()) {
            names.push(rule.call.name());
        }
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
}

fn enforcement(enforcement: Enforcement) -> String {
    match enforcement {
        Enforcement::Exact => "exactly".into(),
        Enforcement::Weaker(how) => format!("weaker: {how}"),
        Enforcement::Narrower(how) => format!("narrower: {how}"),
        Enforcement::Refused(why) => format!("refused: {why}"),
    }
}
