//! `cargo xtask demo`: a real program does its work under the sandbox, and an attacker inside gets nowhere.

mod attack;
mod compress;
mod input;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use crate::failure::{Doing, Failure, Result};
use crate::groups;
use crate::paper::heading;
use crate::workspace::Workspace;

const PACKAGE: &str = "sandbox-examples";
/// The same program without the annotation, where it exists.
const UNCONFINED: &str = "gzip-unconfined";

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    groups::no_options("demo", arguments)?;
    play(&Workspace::here()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Plays the whole demonstration.
///
/// # Errors
///
/// At the first step that does not hold.
pub(crate) fn play(workspace: &Workspace) -> Result<()> {
    let started = Instant::now();
    let programs = Programs::build(workspace)?;
    let scratch = tempfile::tempdir().doing("make a temporary folder")?;

    heading("demo 1/4: gzip, confined to the file it reads and the file it writes");
    let input = input::make(workspace, scratch.path())?;
    compress::show(&programs, &input, scratch.path())?;

    heading("demo 2/4: what is in force inside");
    attack::status(&programs.attacker)?;

    heading("demo 3/4: an attacker who runs code in the process, without the sandbox");
    attack::unconfined(&programs.attacker)?;

    heading("demo 4/4: the same attacker inside the sandbox");
    attack::confined(&programs.attacker)?;

    println!("\ndemo: every step held, in {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The programs that the demonstration runs.
#[derive(Debug)]
struct Programs {
    gzip: PathBuf,
    /// The same without the annotation.
    unconfined: Option<PathBuf>,
    attacker: PathBuf,
}

impl Programs {
    fn build(workspace: &Workspace) -> Result<Self> {
        heading("demo: building the examples in release");
        let has = |name: &str| workspace.package(PACKAGE).is_some_and(|package| package.has("bin", name));
        if let Some(missing) = ["gzip", "attacker"].into_iter().find(|name| !has(name)) {
            return Err(Failure::new(format!("package `{PACKAGE}` has no program `{missing}`")));
        }
        let mut arguments = vec!["build", "--release", "--locked", "-p", PACKAGE, "--bin", "gzip", "--bin", "attacker"];
        if has(UNCONFINED) {
            arguments.extend(["--bin", UNCONFINED]);
        }
        let status = workspace.cargo(&arguments).stdin(Stdio::null()).status().doing("run `cargo build`")?;
        if !status.success() {
            return Err(Failure::new(format!("the examples do not build: {status}")));
        }
        let built = |name: &str| workspace.target.join("release").join(name);
        Ok(Self {
            gzip: built("gzip"),
            unconfined: has(UNCONFINED).then(|| built(UNCONFINED)),
            attacker: built("attacker"),
        })
    }
}
