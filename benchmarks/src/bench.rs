//! What every group needs to know.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// How a group is to be measured.
#[derive(Debug)]
pub(crate) struct Bench {
    /// As little as shows that everything can be measured.
    pub(crate) quick: bool,
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// Where results go.
    pub(crate) folder: PathBuf,
    /// Where files go that are large and soon removed.
    pub(crate) scratch: PathBuf,
}

impl Bench {
    pub(crate) fn new(quick: bool) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_owned();
        let target = target(&root)?;
        let folder = target.join(if quick { "bench/quick" } else { "bench" });
        let scratch = folder.join("scratch");
        if scratch.exists() {
            // A run that was killed left it behind.
            fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
        }
        fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
        Ok(Self { quick, root, target, folder, scratch })
    }

    /// So many rounds, or as few as a quick run needs.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        if self.quick { rounds.min(2) } else { rounds }
    }

    /// Builds programs of the workspace as this one was built, and gives the folder that they are in.
    pub(crate) fn build(&self, arguments: &[&str]) -> Result<PathBuf> {
        let (profile, folder) = if cfg!(debug_assertions) { ("dev", "debug") } else { ("release", "release") };
        let mut command = cargo(&self.root, &self.target);
        command.args(["build", "--locked", "--profile", profile]).args(arguments);
        succeed(&mut command)?;
        Ok(self.target.join(folder))
    }
}

/// A cargo command in a folder that builds into another.
pub(crate) fn cargo(folder: &Path, target: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").as_deref().unwrap_or(OsStr::new("cargo")));
    command.current_dir(folder).env("CARGO_TARGET_DIR", target).stdin(Stdio::null());
    command
}

/// Runs a program that must succeed; what it says is shown only if it does not.
pub(crate) fn succeed(command: &mut Command) -> Result<Vec<u8>> {
    let shown = format!("{command:?}");
    let output = command.output().with_context(|| format!("cannot run {shown}"))?;
    ensure!(output.status.success(), "{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

fn target(root: &Path) -> Result<PathBuf> {
    let mut command = Command::new(std::env::var_os("CARGO").as_deref().unwrap_or(OsStr::new("cargo")));
    command.args(["metadata", "--no-deps", "--locked", "--format-version", "1"]).current_dir(root);
    let metadata: Value = serde_json::from_slice(&succeed(&mut command)?)?;
    Ok(metadata["target_directory"].as_str().context("`cargo metadata` tells no target folder")?.into())
}
