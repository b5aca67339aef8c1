//! The answer as text.

use std::io::Write;

use super::answer::{Answer, Function, Plan, Resource, Right};
use crate::failure::Result;
use crate::paper::{BAD, FAINT, NOTE, TITLE, indented};

/// What the declarations become is long: it is written where one function is asked about, or `plans` are asked for.
pub(super) fn write(answer: &Answer, plans: bool, out: &mut dyn Write) -> Result<()> {
    let plans = plans || answer.functions.len() == 1;
    for (index, function) in answer.functions.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        self::function(function, out)?;
        if plans {
            plan(function, out)?;
        } else if let Plan::Refused { by, reason } = &function.plan {
            refused(by, reason, out)?;
        }
    }
    if !plans {
        writeln!(out, "\n{FAINT}name a function, or add `--plan`, to see what its declaration becomes{FAINT:#}")?;
    }
    Ok(())
}

fn function(function: &Function, out: &mut dyn Write) -> Result<()> {
    write!(out, "{TITLE}{}{TITLE:#}", function.path)?;
    if function.path != function.place {
        write!(out, "  {FAINT}{}{FAINT:#}", function.place)?;
    }
    writeln!(out)?;
    if function.learning {
        writeln!(out, "  {BAD}built to learn: nothing of this is enforced{BAD:#}")?;
    }
    writeln!(out, "  resources")?;
    let width = function.resources.iter().map(|resource| resource.name.len()).max().unwrap_or(0);
    for resource in &function.resources {
        self::resource(resource, width, out)?;
    }
    for allow in &function.allow {
        let meaning = match *allow {
            "threads" => "threads may be started after entry",
            "debuggable" if !function.debug_build => "without effect in a release build",
            "debuggable" => "open to debuggers and core dumps, as this is a debug build",
            _ => "",
        };
        writeln!(out, "  allow {allow}: {meaning}")?;
    }
    let why = if function.reaction_named {
        ""
    } else if function.debug_build {
        ", because it is a debug build"
    } else {
        ", because it is a release build"
    };
    let reaction = match function.on_violation {
        "kill" => "ends the process",
        "report" => "fails, and a line on stderr explains it",
        _ => "fails",
    };
    writeln!(out, "  a refused call: {reaction}{why}")?;
    Ok(())
}

fn resource(resource: &Resource, width: usize, out: &mut dyn Write) -> Result<()> {
    let name = &resource.name;
    let said = match (resource.origin, resource.declared.as_str()) {
        ("implicit", _) => Some("write, because nothing is said about it: a panic can be read"),
        (_, "none") => Some("none: it is gone"),
        (_, "hold") => Some("hold: kept open, and nothing can be done with it"),
        _ => None,
    };
    if let Some(said) = said {
        writeln!(out, "    {name:width$}  {said}")?;
        return Ok(());
    }
    writeln!(out, "    {name:width$}  {}", resource.declared)?;
    rights(&resource.rights, width + 6, out)?;
    if !resource.minted.is_empty() {
        writeln!(out, "{:1$}what it accepts:", "", width + 8)?;
        rights(&resource.minted, width + 8, out)?;
    }
    Ok(())
}

fn rights(rights: &[Right], indent: usize, out: &mut dyn Write) -> Result<()> {
    for Right { name, meaning, remark } in rights {
        write!(out, "{:indent$}  {FAINT}{name}: {meaning}{FAINT:#}", "")?;
        match remark {
            Some(remark) => writeln!(out, " {NOTE}({remark}){NOTE:#}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn plan(function: &Function, out: &mut dyn Write) -> Result<()> {
    let assumed: Vec<String> = function
        .resources
        .iter()
        .filter(|resource| matches!(resource.origin, "given" | "acquired"))
        .filter_map(|resource| resource.number.map(|number| format!("`{}` is {number}", resource.name)))
        .collect();
    let assumed = if assumed.is_empty() { String::new() } else { format!(", as if {}", assumed.join(", ")) };
    match &function.plan {
        Plan::Refused { by, reason } => refused(by, reason, out)?,
        Plan::Linux { arch, landlock, text, bpf, .. } => {
            writeln!(out, "  on Linux, {arch}, with Landlock {landlock}{assumed}")?;
            indented(without_title(text), 4, out)?;
            if let Some(bpf) = bpf {
                writeln!(out, "  as a program")?;
                indented(bpf, 4, out)?;
            }
        }
        Plan::Freebsd { release, text, .. } => {
            writeln!(out, "  on FreeBSD {release}{assumed}")?;
            indented(without_title(text), 4, out)?;
        }
    }
    Ok(())
}

fn refused(by: &str, reason: &str, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "  {BAD}{by} refuses it:{BAD:#} {reason}")?;
    Ok(())
}

/// A plan without its first line, which names the function.
fn without_title(plan: &str) -> &str {
    plan.split_once('\n').map_or("", |(_, rest)| rest)
}
