//! zig and cargo-zigbuild, in a Python environment beneath the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Doing, Failure, Result};

/// The versions that the figures and files of this project were made with.
const PACKAGES: [&str; 2] = ["ziglang==0.17.1", "cargo-zigbuild==0.24.0"];
/// Written when all of it is there.
const COMPLETE: &str = "complete";

/// Makes sure of them. Gives the folder of the programs.
pub(super) fn install(folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("zig");
    let programs = environment.join("bin");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(environment.join(COMPLETE)).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    fs::create_dir_all(folder).doing(format!("make {}", folder.display()))?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    // The cache would stand outside of the target folder.
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"];
    run(Command::new(programs.join("python3")).args(quiet).args(PACKAGES))?;
    fs::write(environment.join(COMPLETE), wanted).doing("note what was installed")?;
    Ok(programs)
}

fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.stdin(Stdio::null()).status().doing(format!("run {shown}"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{shown}: {status}"))) }
}

/// Keeps what zig and cargo-zigbuild save for later beneath the target folder.
pub(super) fn keep_inside(command: &mut Command, folder: &Path) {
    command
        .env("ZIG_GLOBAL_CACHE_DIR", folder.join("zig-cache"))
        .env("ZIG_LOCAL_CACHE_DIR", folder.join("zig-cache"))
        .env("CARGO_ZIGBUILD_CACHE_DIR", folder.join("zigbuild-cache"));
}
