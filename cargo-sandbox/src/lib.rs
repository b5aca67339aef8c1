//! `cargo sandbox`: what a program confined by `sandbox-rt` may do, read from its binary; what changed between two builds;
//! and what the running kernel can enforce.
//!
//! Each command is a module: data first, then text, Markdown or JSON made of it.

mod assumed;
mod binary;
mod cli;
mod diff;
mod doctor;
mod explain;
mod failure;
mod generate;
mod learn;
mod paper;
mod progress;
mod rights;
mod why;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use cli::Command;
use failure::Failure;

/// The answer is yes, or nothing speaks against it.
pub const YES: u8 = 0;
/// The answer is no: refused, authority gained, not enforceable.
pub const NO: u8 = 1;
/// There is no answer: a wrong argument, a file that cannot be read.
pub const TROUBLE: u8 = 2;

/// In a process that was started to try the sandbox, does that and gives its exit code. Elsewhere gives nothing.
#[must_use]
pub fn serve() -> Option<ExitCode> {
    doctor::serve()
}

/// Runs one command line, the program's name included. What is asked for goes to `out`, complaints go to `err`; gives the
/// exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let command = match cli::parse(arguments) {
        Ok(command) => command,
        Err(error) => {
            let help = !error.use_stderr();
            let text = error.render();
            // Where even this cannot be written, the exit code remains.
            let _ = if help { write!(out, "{}", text.ansi()) } else { write!(err, "{}", text.ansi()) };
            return if help { YES } else { TROUBLE };
        }
    };
    let done = match &command {
        Command::Explain(options) => explain::main(options, out),
        Command::Why(options) => why::main(options, out),
        Command::Learn(options) => learn::main(options, out),
        Command::Diff(options) => diff::main(options, out),
        Command::Doctor(options) => doctor::main(options, out),
        Command::Rights(options) => rights::main(options, out),
        Command::Completions(options) => generate::completions(options, out),
        Command::Man(options) => generate::man(options, out),
    };
    match done.and_then(|code| out.flush().map(|()| code).map_err(Failure::from)) {
        Ok(code) => code,
        // Whoever read it has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => YES,
        Err(failure) => {
            let _ = writeln!(err, "{}error:{:#} {failure}", paper::BAD, paper::BAD);
            TROUBLE
        }
    }
}
