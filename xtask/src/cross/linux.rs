//! `cargo xtask cross`: other processors and C libraries of Linux. Everything is linked; what can run here does.

use std::ffi::OsString;
use std::io::stdout;
use std::process::ExitCode;

use super::{Cross, Target, WITHOUT_C};
use crate::failure::Result;
use crate::groups::{Group, Options};
use crate::ordinary::Ordinary;
use crate::paper::heading;
use crate::runner::{self, Count};
use crate::setup;
use crate::summary::Summary;
use crate::workspace::Workspace;

/// The test program that runs who needs each entry of the base set.
const CONSUMERS: &str = "consumers";

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let options = Options::parse("cross", arguments)?;
    setup::ensure(|group| group == Group::Cross)?;
    let mut summary = Summary::new(&[]);
    run(&Workspace::here()?, options, &mut summary)?;
    println!("\n{summary}");
    Ok(summary.exit_code())
}

/// Links everything for aarch64 and for musl, and runs what needs nothing but the kernel and is about musl too: the kernel
/// tests, and the consumers of the base set, of which some are musl's.
///
/// # Errors
///
/// When something does not build; tests that fail are counted in the summary.
pub(crate) fn run(workspace: &Workspace, options: Options, summary: &mut Summary) -> Result<()> {
    Cross::prepare(workspace, Target::LINUX_ON_ARM, options)?.build(WITHOUT_C)?;
    let built = Cross::prepare(workspace, Target::MUSL, options)?.build(WITHOUT_C)?;
    for program in built.tests.iter().filter(|program| program.group() == Group::Kernel || program.target == CONSUMERS)
    {
        let name = format!("{}, musl", program.name());
        heading(&name);
        let user = Ordinary::at_home()?;
        let executable = user.within_reach(&program.executable)?;
        let mut command = user.identity.command(&executable, &user.variables());
        let outcome = runner::run(command.current_dir("/"), Count::Last, &mut stdout());
        summary.add(&name, &outcome);
    }
    Ok(())
}
