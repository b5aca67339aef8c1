//! What was learned, for people.

use std::io::Write;

use sandbox_policy::Declared;
use similar::{ChangeTag, TextDiff};

use super::from_here;
use super::seen::{Learned, Resource};
use super::source::Edit;
use crate::failure::Result;
use crate::paper::{BAD, FAINT, GOOD, NOTE, TITLE, count};

pub(super) fn write(learned: &[Learned], out: &mut dyn Write) -> Result<()> {
    for function in learned {
        let place = format!("{}:{}", function.file, function.line);
        let entered = count(function.entered, "time");
        writeln!(out, "{TITLE}{}{TITLE:#}  {FAINT}{place}{FAINT:#}, entered {entered}", function.path())?;
        let width = function.resources.iter().map(|resource| resource.name.len()).max().unwrap_or(0);
        for resource in &function.resources {
            self::resource(resource, width, out)?;
        }
        if function.threads {
            writeln!(out, "  allow(threads)  {FAINT}clone{FAINT:#}")?;
        }
        for (what, instead) in &function.cannot {
            writeln!(out, "  {BAD}cannot be granted:{BAD:#} {what}\n    {instead}")?;
        }
        if !function.hints.is_empty() {
            let hints: Vec<&str> = function.hints.iter().map(String::as_str).collect();
            writeln!(out, "  left out, because std asks and goes on without: {}", hints.join(", "))?;
        }
    }
    Ok(())
}

fn resource(resource: &Resource, width: usize, out: &mut dyn Write) -> Result<()> {
    let Resource { name, held, declared, needed, calls } = resource;
    writeln!(out, "  {name:width$}  {needed}")?;
    if !held {
        writeln!(out, "  {:width$}    {NOTE}no descriptor was ever in it: what it needs was not seen{NOTE:#}", "")?;
    }
    for (right, calls) in calls {
        let calls: Vec<&str> = calls.iter().copied().collect();
        writeln!(out, "  {:width$}    {FAINT}{right}: {}{FAINT:#}", "", calls.join(", "))?;
    }
    let unseen = declared.as_ref().map(|declared| unseen(declared, needed)).unwrap_or_default();
    if !unseen.is_empty() {
        writeln!(out, "  {:width$}    {NOTE}declared and never seen: {}{NOTE:#}", "", unseen.join(" + "))?;
    }
    Ok(())
}

/// What is declared and was not needed.
fn unseen(declared: &Declared, needed: &Declared) -> Vec<&'static str> {
    let rights = declared.rights.difference(needed.rights);
    let names = declared.rights.names().into_iter();
    names
        .filter(|name| sandbox_policy::vocabulary::find(name).is_some_and(|row| row.rights.intersects(rights)))
        .collect()
}

/// The change of a file, as a patch.
pub(super) fn patch(edit: &Edit, out: &mut dyn Write) -> Result<()> {
    let path = from_here(&edit.path);
    let path = path.display();
    if edit.old == edit.new {
        writeln!(out, "{path} says it already")?;
        return Ok(());
    }
    let diff = TextDiff::from_lines(&edit.old, &edit.new);
    let mut unified = diff.unified_diff();
    writeln!(out, "{TITLE}--- {path}\n+++ {path}{TITLE:#}")?;
    for hunk in unified.context_radius(1).iter_hunks() {
        writeln!(out, "{FAINT}{}{FAINT:#}", hunk.header())?;
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            match change.tag() {
                ChangeTag::Delete => writeln!(out, "{BAD}-{line}{BAD:#}")?,
                ChangeTag::Insert => writeln!(out, "{GOOD}+{line}{GOOD:#}")?,
                ChangeTag::Equal => writeln!(out, " {line}")?,
            }
        }
    }
    Ok(())
}
