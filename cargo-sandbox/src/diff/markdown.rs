//! The comparison as a comment for a review.

use std::io::Write;

use super::compare::{Change, Comparison, Kind};
use super::text::summary;
use crate::failure::Result;

pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    let summary = summary(comparison);
    let (first, rest) = summary.split_at(1);
    writeln!(out, "### Sandbox\n\n{}{rest}.", first.to_uppercase())?;
    if comparison.functions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| function | gained | lost | else |\n|---|---|---|---|")?;
    for Change { path, kind, gained, lost, noted } in &comparison.functions {
        let kind = match kind {
            Kind::Changed => None,
            Kind::NewlyConfined => Some("confined now, and was not before".to_owned()),
            Kind::NoLongerConfined => Some("was confined, and is not now".to_owned()),
        };
        let noted: Vec<String> = kind.into_iter().chain(noted.iter().cloned()).collect();
        writeln!(out, "| `{}` | {} | {} | {} |", cell(path), cells(gained), cells(lost), cells(&noted))?;
    }
    Ok(())
}

fn cells(texts: &[String]) -> String {
    texts.iter().map(|text| cell(text)).collect::<Vec<_>>().join("<br>")
}

/// Names come from the binary: what would end a cell, or begin a tag, is written so that it does not.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|")
}
