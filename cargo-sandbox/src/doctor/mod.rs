//! `doctor`: what this kernel can enforce, what that means for a binary, and what to change.

mod advice;
mod attempt;
mod surroundings;

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;

use crate::binary::Binary;
use crate::failure::Result;
use crate::paper::{BAD, GOOD, NOTE, TITLE};
use crate::{NO, YES, cli, paper};
use advice::Advice;
use attempt::{Attempt, Mechanism, State};
use surroundings::Fact;

#[derive(Debug, Serialize)]
struct Answer {
    kernel: String,
    surroundings: Vec<Fact>,
    attempt: Attempt,
    #[serde(skip_serializing_if = "Option::is_none")]
    binary: Option<Advice>,
}

/// In the process that tries the sandbox.
pub(crate) fn serve() -> Option<ExitCode> {
    attempt::serve()
}

pub(crate) fn main(options: &cli::Doctor, out: &mut dyn Write) -> Result<u8> {
    let binary = options.binary.as_deref().map(Binary::confined).transpose()?;
    let attempt = attempt::run()?;
    let advice = binary.as_ref().map(|binary| advice::about(binary, &attempt));
    let answer = Answer { kernel: surroundings::kernel(), surroundings: surroundings::look(), attempt, binary: advice };
    if options.json {
        paper::json(&answer, out)?;
    } else {
        write(&answer, out)?;
    }
    let works = answer.attempt.entered() && answer.binary.as_ref().is_none_or(|advice| advice.refused.is_empty());
    Ok(if works { YES } else { NO })
}

fn write(answer: &Answer, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{TITLE}{}{TITLE:#}", answer.kernel)?;
    for Fact { what, means } in &answer.surroundings {
        writeln!(out, "  {what}: {means}")?;
    }
    match &answer.attempt {
        Attempt::Failed { error } => {
            writeln!(out, "{BAD}a process cannot be confined here{BAD:#}")?;
            paper::indented(error, 2, out)?;
        }
        Attempt::Entered { mechanisms, .. } => {
            writeln!(out, "{TITLE}a process was confined, and this holds in it{TITLE:#}")?;
            for mechanism in mechanisms {
                self::mechanism(mechanism, out)?;
            }
        }
    }
    let Some(Advice { path, refused, lacks, fine, can }) = &answer.binary else { return Ok(()) };
    writeln!(out, "{TITLE}{path}{TITLE:#}")?;
    for refused in refused {
        writeln!(out, "  {BAD}will not run:{BAD:#} {refused}")?;
    }
    for lacks in lacks {
        writeln!(out, "  {NOTE}runs with less underneath:{NOTE:#} {lacks}")?;
    }
    for fine in fine {
        writeln!(out, "  {GOOD}can be confined:{GOOD:#} {fine}")?;
    }
    for can in can {
        writeln!(out, "  to change: {can}")?;
    }
    Ok(())
}

fn mechanism(mechanism: &Mechanism, out: &mut dyn Write) -> Result<()> {
    let Mechanism { name, required, state, text } = mechanism;
    let (style, word) = match state {
        State::Holds => (GOOD, "holds"),
        State::NotNeeded => (NOTE, "not needed"),
        State::Missing => (BAD, "missing"),
    };
    let required = if *required { " (required)" } else { "" };
    writeln!(out, "  {style}{word}{style:#} {name}{required}: {text}")?;
    Ok(())
}
