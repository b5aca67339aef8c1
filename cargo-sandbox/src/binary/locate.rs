//! A binary by its package: cargo builds it and says where it is.
//!
//! Of all that the commands do, only this and the command of `learn` take longer than a second, and both draw what is
//! under way themselves: cargo its bar on the terminal that its standard error is, the command what it prints. Reading a
//! binary and lowering its policies takes milliseconds. So the program has no progress bar of its own: it would draw over
//! theirs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use cargo_metadata::{Message, MetadataCommand, TargetKind};
use sandbox_policy::vocabulary::suggest;

use crate::cli::Package;
use crate::failure::{Failure, Result};

/// Builds the binary of a package. Cargo shows its own progress.
pub(crate) fn built(options: &Package, package: &str) -> Result<PathBuf> {
    let bin = match &options.bin {
        Some(bin) => bin.clone(),
        None => only_binary(package)?,
    };
    let mut command = Command::new(cargo());
    command.args(["build", "--message-format=json-render-diagnostics", "--package", package, "--bin", &bin]);
    if options.release {
        command.arg("--release");
    }
    let cannot = |error: &dyn std::fmt::Display| Failure::new(format!("cannot run `cargo build`: {error}"));
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| cannot(&error))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`cargo build --package {package} --bin {bin}`: {}", output.status)));
    }
    for message in Message::parse_stream(&*output.stdout) {
        if let Message::CompilerArtifact(artifact) = message.map_err(|error| cannot(&error))?
            && artifact.target.name == bin
            && let Some(executable) = artifact.executable
        {
            return Ok(executable.into());
        }
    }
    Err(Failure::new(format!("`cargo build` made no binary `{bin}`")))
}

/// The one binary of a package.
fn only_binary(package: &str) -> Result<String> {
    let metadata = MetadataCommand::new()
        .cargo_path(cargo())
        .no_deps()
        .exec()
        .map_err(|error| Failure::new(format!("cannot run `cargo metadata`: {error}")))?;
    let names: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let Some(found) = metadata.packages.iter().find(|known| known.name.as_str() == package) else {
        return Err(Failure::new(format!("no package here is called `{package}`")).help(
            match suggest::near(package, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the packages are {}", names.join(", ")),
            },
        ));
    };
    let binaries: Vec<&str> = found
        .targets
        .iter()
        .filter(|target| target.kind.contains(&TargetKind::Bin))
        .map(|target| target.name.as_str())
        .collect();
    match binaries[..] {
        [only] => Ok(only.to_owned()),
        [] => Err(Failure::new(format!("the package `{package}` has no binary"))),
        _ => Err(Failure::new(format!("the package `{package}` has several binaries"))
            .help(format!("add `--bin` with one of {}", binaries.join(", ")))),
    }
}

/// The cargo that runs this, else the first on the path.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
