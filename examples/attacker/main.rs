//! What hostile code tries once it runs inside a confined function, and what comes of it.
//!
//! `attacker` runs the attempts confined: the function below may write to one file and move about in it. Each attempt
//! is refused, and the runtime says on standard error why, and what would have to be declared for it.
//! `attacker --unconfined` makes the same attempts in a process that is not confined: each succeeds (none does harm).
//! `attacker --status` shows what is in force inside.

mod attempts;
#[cfg(target_os = "linux")]
mod sys;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::process::ExitCode;

use attempts::{Attempts, Prey};
use sandbox_rt::sandboxed;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match arguments.as_slice() {
        [] => prey().and_then(|(out, prey)| confined(out, &prey)),
        [option] if option == "--unconfined" => prey().map(|(mut out, prey)| make_attempts(&mut out, &prey)),
        [option] if option == "--status" => prey().and_then(|(out, _)| status(out)),
        [option] if option == attempts::BECOME_A_SHELL => Err(attempts::become_a_shell().into()),
        _ => Err("`attacker` takes no arguments, or `--unconfined`, or `--status`".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One line makes the difference: `out` may be written and positioned. That it was opened for reading as well, that
/// other files and hosts can be reached, that programs can be started: none of it holds in here any more.
#[sandboxed(fds(out = write + seek), on_violation = report)]
fn confined(mut out: File, prey: &Prey) -> Result<()> {
    out.write_all(b"what was declared still works\n")?;
    make_attempts(&mut out, prey);
    Ok(())
}

/// Shows what the same declaration puts in force.
#[sandboxed(fds(out = write + seek))]
fn status(out: File) -> Result<()> {
    let status = sandbox_rt::status().ok_or("the process is not confined")?;
    // Standard output was not declared and is gone; standard error is left for messages.
    eprint!("{status}");
    drop(out);
    Ok(())
}

/// A file with something to steal in it, and what else the attempts are aimed at.
fn prey() -> Result<(File, Prey)> {
    let mut out = tempfile::tempfile()?;
    out.write_all(b"yesterday's secret\n")?;
    let prey = Prey { parent: rustix::process::getppid() };
    Ok((out, prey))
}

fn make_attempts(out: &mut File, prey: &Prey) {
    for (what, outcome) in Attempts::new(out, prey) {
        match outcome {
            Ok(loot) => eprintln!("{what}: succeeded: {loot}"),
            Err(error) => eprintln!("{what}: refused: {error}"),
        }
    }
}
