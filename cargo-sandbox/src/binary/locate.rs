//! A binary by its package: cargo builds it and says where it is.

use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use cargo_metadata::{Message, Metadata, MetadataCommand, TargetKind};
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
    // Colours are taken out again where nobody would see them.
    let messages = ["--message-format=json-diagnostic-rendered-ansi", "--color=always"];
    command.args(["build", "--quiet", "--package", package, "--bin", &bin]).args(messages);
    if options.release {
        command.arg("--release");
    }
    let cannot = |error: io::Error| Failure::new(format!("cannot run `cargo build`: {error}"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut building = command.spawn().map_err(cannot)?;
    let progress = Progress::new(format!("building `{bin}`"));
    let executable = follow(&mut building, &bin, &progress);
    progress.end();
    let status = building.wait().map_err(cannot)?;
    if !status.success() {
        return Err(Failure::new(format!("`cargo build --package {package} --bin {bin}`: {status}")));
    }
    executable.map_err(cannot)?.ok_or_else(|| Failure::new(format!("`cargo build` made no binary `{bin}`")))
}

/// Shows what a build says until it has said all. Gives the binary, if it was made.
fn follow(building: &mut Child, bin: &str, progress: &Progress) -> io::Result<Option<PathBuf>> {
    let (messages, complaints) = (building.stdout.take(), building.stderr.take());
    thread::scope(|scope| {
        // Written by cargo itself, they would stand in the middle of the line that shows how far it is.
        scope.spawn(|| complaints.map(|complaints| pass_on(complaints, progress)));
        messages.map_or(Ok(None), |messages| read(BufReader::new(messages), bin, progress))
    })
}

/// Shows cargo's own complaints: whole lines, as they come.
fn pass_on(complaints: impl Read, progress: &Progress) {
    let mut complaints = BufReader::new(complaints);
    let mut line = Vec::new();
    while complaints.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        progress.beside(|| anstream::eprint!("{}", String::from_utf8_lossy(&line)));
        line.clear();
    }
}

/// Reads cargo's messages to their end, and shows what the compiler says. Gives the binary, if it was made.
fn read(messages: impl BufRead, bin: &str, progress: &Progress) -> io::Result<Option<PathBuf>> {
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

/// What cargo knows of the packages here.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new().cargo_path(cargo()).no_deps().exec().map_err(|error| {
        let why = match &error {
            // What cargo says of it, without a second `error:`.
            cargo_metadata::Error::CargoMetadata { stderr } => stderr.trim().trim_start_matches("error: ").to_owned(),
            other => other.to_string(),
        };
        Failure::new(format!("cannot find the package here: {why}")).help("run this in the folder of a package")
    })
}

/// The one binary of a package.
fn only_binary(package: &str) -> Result<String> {
    let metadata = metadata()?;
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
fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
