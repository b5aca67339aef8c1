//! `cargo xtask freebsd`: everything is checked and linked for FreeBSD, and left in `target/freebsd` to be run there.

mod libraries;
mod package;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cross::{Cross, EVERYTHING, Target, WITHOUT_C};
use crate::failure::Result;
use crate::groups::{Group, Options};
use crate::setup;
use crate::workspace::Workspace;

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let options = Options::parse("freebsd", arguments)?;
    setup::ensure(|group| group == Group::Freebsd)?;
    run(&Workspace::here()?, options)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs clippy, builds and links everything for x86_64, checks it for aarch64, and packs what FreeBSD is to run.
///
/// # Errors
///
/// At the first of these that fails.
pub(crate) fn run(workspace: &Workspace, options: Options) -> Result<()> {
    let cross = Cross::prepare(workspace, Target::FREEBSD, options)?;
    cross.clippy()?;
    let built = cross.build(EVERYTHING)?;
    Cross::prepare(workspace, Target::FREEBSD_ON_ARM, options)?.check(WITHOUT_C)?;
    let folder = workspace.target.join("freebsd");
    let tests = package::pack(workspace, &built, &folder)?;
    println!("\n{tests} test programs for FreeBSD: copy {} there and run its run-tests.sh", folder.display());
    Ok(())
}
