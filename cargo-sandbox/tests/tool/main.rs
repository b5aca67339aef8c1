//! The commands on binaries that the tests make themselves, on their own binary, and on the examples.

mod doctor;
mod elf;
// The expected text is of programs that were built for Linux.
#[cfg(target_os = "linux")]
mod examples;
mod golden;
mod hostile;
mod itself;
mod mistakes;
mod programs;

use std::ffi::OsString;
use std::path::Path;

/// What a command came to.
#[derive(Debug)]
struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Ran {
    /// Everything in one text, for golden files.
    fn text(&self) -> String {
        let Self { code, out, err } = self;
        format!("{out}{err}exit code {code}\n")
    }
}

/// Runs one command line without colours.
fn run(arguments: &[&str]) -> Ran {
    let words = ["cargo-sandbox"].iter().chain(arguments).map(OsString::from);
    let mut out = anstream::StripStream::new(Vec::new());
    let mut err = anstream::StripStream::new(Vec::new());
    let code = cargo_sandbox::run(words, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran { code, out: text(out.into_inner()), err: text(err.into_inner()) }
}

/// The same with `BINARY` for the path of the binary, also in what it says.
fn run_on(binary: &Path, arguments: &[&str]) -> Ran {
    let path = binary.to_str().expect("a path of text");
    let arguments: Vec<&str> = arguments.iter().map(|word| if *word == "BINARY" { path } else { word }).collect();
    let Ran { code, out, err } = run(&arguments);
    Ran { code, out: out.replace(path, "BINARY"), err: err.replace(path, "BINARY") }
}
