//! The comparison as text.

use std::io::Write;

use super::compare::{Change, Comparison, Kind};
use crate::failure::Result;
use crate::paper::{BAD, GOOD, TITLE, count};

pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    for Change { path, kind, gained, lost, noted } in &comparison.functions {
        let kind = match kind {
            Kind::Changed => "",
            Kind::NewlyConfined => ": confined now, and was not before",
            Kind::NoLongerConfined => ": was confined, and is not now",
        };
        writeln!(out, "{TITLE}{path}{TITLE:#}{kind}")?;
        for gained in gained {
            writeln!(out, "  {BAD}+ {gained}{BAD:#}")?;
        }
        for lost in lost {
            writeln!(out, "  {GOOD}- {lost}{GOOD:#}")?;
        }
        for noted in noted {
            writeln!(out, "    {noted}")?;
        }
    }
    writeln!(out, "{}", summary(comparison))?;
    Ok(())
}

/// One sentence about all of it.
pub(super) fn summary(comparison: &Comparison) -> String {
    let Comparison { gained, confined, functions } = comparison;
    let confined = count(*confined, "confined function");
    let changed = count(functions.len(), "change");
    match (functions.len(), gained) {
        (0, _) => format!("no difference in {confined}"),
        (_, true) => format!("authority was gained: {changed}, {confined} now"),
        (_, false) => format!("no authority was gained: {changed}, {confined} now"),
    }
}
