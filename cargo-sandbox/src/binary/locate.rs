//! A binary by its package: cargo builds it and says where it is.

use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cargo_metadata::{Message, MetadataCommand, TargetKind};
use sandbox_policy::vocabulary::suggest;

use crate::cli::Package;
use crate::failure::{Failure, Result};
use crate::paper::count;
use crate::progress::Progress;

/// Builds the binary of a package, and shows how far that has come.
pub(crate) fn built(options: &Package, package: &str) -> Result<PathBuf> {
    let bin = match &options.bin {
        Some(bin) => bin.clone(),
        None => only_binary(package)?,
    };
    let mut command = Command::new(cargo());
    let messages = "--message-format=json-diagnostic-rendered-ansi";
    command.args(["build", "--quiet", messages, "--package", package, "--bin", &bin]);
    if options.release {
        command.arg("--release");
    }
    let cannot = |error: io::Error| Failure::new(format!("cannot run `cargo build`: {error}"));
    let mut building = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(cannot)?;
    let progress = Progress::new(format!("building `{bin}`"));
    let executable = building.stdout.take().map(|messages| follow(BufReader::new(messages), &bin, &progress));
    progress.end();
    let status = building.wait().map_err(cannot)?;
    if !status.success() {
        return Err(Failure::new(format!("`cargo build --package {package} --bin {bin}`: {status}")));
    }
    let executable = executable.transpose().map_err(cannot)?.flatten();
    executable.ok_or_else(|| Failure::new(format!("`cargo build` made no binary `{bin}`")))
}

/// Reads what cargo says to its end, and shows what the compiler says. Gives the binary, if it was made.
fn follow(messages: impl BufRead, bin: &str, progress: &Progress) -> io::Result<Option<PathBuf>> {
    let (mut executable, mut compiled) = (None, 0);
    for message in Message::parse_stream(messages) {
        match message? {
            Message::CompilerArtifact(artifact) => {
                if !artifact.fresh {
                    compiled += 1;
                    progress.say(format!("building `{bin}`: {}, {}", count(compiled, "crate"), artifact.target.name));
                }
                if artifact.target.name == bin {
                    executable = artifact.executable.map(PathBuf::from).or(executable);
                }
            }
            Message::CompilerMessage(message) => {
                if let Some(text) = message.message.rendered {
                    progress.beside(|| anstream::eprint!("{text}"));
                }
            }
            _ => {}
        }
    }
    Ok(executable)
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
