//! Running a command whose confined functions learn.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::binary::Binary;
use crate::failure::{Failure, Result};

/// The variable that names the file to write to; a build without the feature never looks at it.
const FILE: &str = "SANDBOX_LEARN";
/// Commands of cargo that build what they run.
const BUILDING: [&str; 8] = ["run", "r", "test", "t", "bench", "build", "b", "nextest"];

/// Runs it once, to its end.
pub(super) fn run(words: &[OsString], file: &Path, build: &Path) -> Result<ExitStatus> {
    let words = learning(words);
    let Some((program, arguments)) = words.split_first() else {
        return Err(
            Failure::new("no command is named").help("write it behind `--`: `cargo sandbox learn -- cargo test`")
        );
    };
    refuse_ordinary_build(Path::new(program))?;
    Command::new(program)
        .args(arguments)
        .env(FILE, file)
        .env("CARGO_TARGET_DIR", build)
        .status()
        .map_err(|error| Failure::new(format!("cannot run `{}`: {error}", program.display())))
}

/// The command, with the feature where cargo builds.
fn learning(words: &[OsString]) -> Vec<OsString> {
    let mut words = words.to_vec();
    let is_cargo =
        words.first().is_some_and(|program| Path::new(program).file_stem().is_some_and(|name| name == "cargo"));
    let builds = |word: &OsString| BUILDING.iter().any(|command| word == command);
    if is_cargo && let Some(at) = words.iter().position(builds) {
        // `cargo nextest run` takes options behind its own command.
        let at = if words[at] == "nextest" { at + 1 } else { at };
        let at = (at + 1).min(words.len());
        words.splice(at..at, ["--features".into(), "sandbox-rt/learn".into()]);
    }
    words
}

/// A program that is named and enforces its policies would learn nothing.
fn refuse_ordinary_build(program: &Path) -> Result<()> {
    if !program.is_file() {
        return Ok(());
    }
    match Binary::open(program) {
        Ok(binary) if !binary.policies.is_empty() && binary.policies.iter().all(|policy| !policy.learning) => {
            Err(Failure::new(format!(
                "`{}` is an ordinary build: it confines itself and learns nothing",
                program.display()
            ))
            .help("have cargo build it: `cargo sandbox learn -- cargo run …`"))
        }
        // A script, or a program that starts others.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        learning(&words).iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_feature_goes_where_cargo_builds() {
        let feature = "--features sandbox-rt/learn";
        assert_eq!(becomes("cargo test -p x -- --nocapture"), format!("cargo test {feature} -p x -- --nocapture"));
        assert_eq!(becomes("cargo +nightly run a b"), format!("cargo +nightly run {feature} a b"));
        assert_eq!(becomes("/usr/bin/cargo r"), format!("/usr/bin/cargo r {feature}"));
        assert_eq!(becomes("cargo nextest run x"), format!("cargo nextest run {feature} x"));
        assert_eq!(becomes("make test"), "make test");
        assert_eq!(becomes("target/debug/gzip run"), "target/debug/gzip run");
    }
}
