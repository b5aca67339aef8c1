//! `rights`: the vocabulary, and what each right means on both systems.

use std::io::Write;

use sandbox_policy::vocabulary::{self, Enforcement, Kinds, Row, suggest};
use serde::Serialize;

use crate::explain::meaning;
use crate::failure::{Failure, Result};
use crate::paper::{FAINT, NOTE, TITLE};
use crate::{YES, cli, paper};

#[derive(Debug, Serialize)]
struct Right {
    name: &'static str,
    meaning: &'static str,
    /// The rights that it consists of, if it is several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consists_of: Vec<&'static str>,
    /// What must be declared beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<&'static str>,
    /// What must be declared in parentheses behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    resources: Vec<&'static str>,
    opened_for: Vec<&'static str>,
    linux: OnLinux,
    freebsd: OnFreebsd,
}

#[derive(Debug, Serialize)]
struct OnLinux {
    enforced: String,
    calls: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct OnFreebsd {
    enforced: String,
    constant: Option<&'static str>,
    since: Option<&'static str>,
}

pub(crate) fn main(options: &cli::Rights, out: &mut dyn Write) -> Result<u8> {
    match (&options.name, options.json) {
        (None, false) => table(out)?,
        (None, true) => paper::json(&vocabulary::rows().map(right).collect::<Vec<_>>(), out)?,
        (Some(name), json) => {
            let row = vocabulary::find(name).ok_or_else(|| unknown(name))?;
            if json {
                paper::json(&right(row), out)?;
            } else {
                one(&right(row), out)?;
            }
        }
    }
    Ok(YES)
}

fn unknown(name: &str) -> Failure {
    Failure::new(format!("no right is called `{name}`")).help(match suggest::right(name) {
        Some(fix) => fix.to_string(),
        None => "`cargo sandbox rights` lists them".to_owned(),
    })
}

fn right(row: &'static Row) -> Right {
    let kinds = Kinds::NAMED.iter().filter(|(_, kind)| row.kinds.contains(*kind)).map(|(name, _)| *name);
    let mut calls: Vec<&'static str> = row.linux.iter().map(|rule| rule.call.name()).collect();
    calls.dedup();
    let enforced = |enforcement: Enforcement| meaning(enforcement).unwrap_or_else(|| "exactly".to_owned());
    let access = [("reading", row.access.read), ("writing", row.access.write)];
    Right {
        name: row.name,
        meaning: row.meaning,
        consists_of: if row.is_composite() { row.rights.names() } else { Vec::new() },
        needs: if row.needs.is_empty() { Vec::new() } else { row.needs.names() },
        list: match row.name {
            "ioctl" => Some("ioctl(REQUEST, …), each a number or a constant"),
            "fcntl" => Some("fcntl(NAME, …), of getfl, setfl, getown, setown"),
            "accept" => Some("accept(RIGHTS), the rights of the accepted connection"),
            _ => None,
        },
        resources: kinds.collect(),
        opened_for: access.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name).collect(),
        linux: OnLinux { enforced: enforced(row.on_linux), calls },
        freebsd: OnFreebsd { enforced: enforced(row.on_freebsd), constant: row.freebsd, since: row.freebsd_since },
    }
}

/// A right a line: its name, what it permits, and where a system does not enforce it exactly.
fn table(out: &mut dyn Write) -> Result<()> {
    let width = vocabulary::rows().map(|row| row.name.len()).max().unwrap_or(0);
    writeln!(out, "{TITLE}{:width$}  Linux     FreeBSD   permits{TITLE:#}", "right")?;
    for row in vocabulary::rows() {
        let Row { name, meaning, .. } = row;
        writeln!(out, "{name:width$}  {:8}  {:8}  {meaning}", word(row.on_linux), word(row.on_freebsd))?;
    }
    writeln!(out, "\n{FAINT}`cargo sandbox rights NAME` tells what is weaker, narrower or refused, and why{FAINT:#}")?;
    Ok(())
}

fn word(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Exact => "exact",
        Enforcement::Weaker(_) => "weaker",
        Enforcement::Narrower(_) => "narrower",
        Enforcement::Refused(_) => "refused",
    }
}

fn one(right: &Right, out: &mut dyn Write) -> Result<()> {
    let Right { name, meaning, consists_of, needs, list, resources, opened_for, linux, freebsd } = right;
    writeln!(out, "{TITLE}{name}{TITLE:#}: {meaning}")?;
    let mut line = |title: &str, words: &[&str]| {
        if words.is_empty() { Ok(()) } else { writeln!(out, "  {title}: {}", words.join(", ")) }
    };
    line("consists of", consists_of)?;
    line("needs beside it", needs)?;
    line("written", list.as_slice())?;
    line("makes sense for", resources)?;
    line("opens a file for", opened_for)?;
    line("on Linux", &[&linux.enforced])?;
    line("  calls", &linux.calls)?;
    line("on FreeBSD", &[&freebsd.enforced])?;
    line("  constant", freebsd.constant.as_slice())?;
    line("  since release", freebsd.since.as_slice())?;
    if linux.enforced.starts_with("refused") && freebsd.enforced.starts_with("refused") {
        writeln!(out, "  {NOTE}no system grants it{NOTE:#}")?;
    }
    Ok(())
}
