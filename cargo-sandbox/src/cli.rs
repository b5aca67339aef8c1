//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, value_parser};

const EXIT_CODES: &str = "\
Exit codes:
  0  the answer is yes, or nothing speaks against it
  1  the answer is no: refused (why), authority gained (diff), not enforceable (doctor),
     failed (learn)
  2  there is no answer: a wrong argument, a file that cannot be read";

/// See and compare what programs confined by sandbox-rt may do.
///
/// The policy of each `#[sandboxed(…)]` and `enter!(…)` stands in the binary. These commands read it there: they run
/// nothing of the program and need no source. Binaries of Linux and FreeBSD are read on either system.
#[derive(Debug, Parser)]
#[command(name = "cargo-sandbox", bin_name = "cargo sandbox", version, term_width = 100, after_help = EXIT_CODES)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Explain(Explain),
    Why(Why),
    Learn(Learn),
    Diff(Diff),
    Doctor(Doctor),
    Rights(Rights),
    Completions(Completions),
    Man(Man),
}

/// Show each confined function, its resources with their rights, and what that becomes in the kernel.
///
/// What it becomes is shown where one function is asked about, or with `--plan`. Which numbers its descriptors have is
/// known when it runs; here each resource is taken to hold one, from 3 on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo sandbox explain target/release/gzip
  cargo sandbox explain target/release/gzip compress --bpf
  cargo sandbox explain -p sandbox-examples --bin gzip --system freebsd
  cargo sandbox explain target/release/gzip --json | jq '.functions[].path'")]
pub(crate) struct Explain {
    /// The binary; left out with `-p`
    #[arg(value_name = "BINARY")]
    pub(crate) first: Option<OsString>,
    /// Only this function: `compress`, or `gzip::confined::compress`
    #[arg(value_name = "FUNCTION")]
    pub(crate) second: Option<String>,
    #[command(flatten)]
    pub(crate) package: Package,
    #[command(flatten)]
    pub(crate) kernel: Kernel,
    /// Show what the declarations become, also for several functions
    #[arg(long)]
    pub(crate) plan: bool,
    /// Disassemble the filter, with the names of the calls
    #[arg(long)]
    pub(crate) bpf: bool,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say whether a call is allowed, by which rule, and what declaration would change that.
#[derive(Debug, Args)]
#[command(after_help = "\
A call is a system call or a right, with what it is made on: a resource of the declaration, a path
in quotes, a number. `_` is anything, and so are arguments at the end that are left out.

Examples:
  cargo sandbox why target/release/gzip 'write(out)'
  cargo sandbox why target/release/gzip 'seek(out)' --function compress
  cargo sandbox why target/release/gzip 'openat(\"/etc/hosts\")'
  cargo sandbox why target/release/gzip 'ioctl(out, 0x5413)'")]
pub(crate) struct Why {
    /// The binary
    pub(crate) binary: PathBuf,
    /// The call
    pub(crate) call: String,
    /// Only this function
    #[arg(long, short)]
    pub(crate) function: Option<String>,
    #[command(flatten)]
    pub(crate) kernel: Kernel,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run a program in learning mode, and say what its declarations need to say.
///
/// Begin with `#[sandboxed(learn)]` above a function. The command is run; where cargo builds, it builds with the feature
/// `learn` of sandbox-rt, in a target folder of its own. Confined functions are watched there, and nothing is enforced.
/// What was learned is kept and grows with each run. Fields are told apart where a parameter's type derives `Holds`. Works
/// on Linux.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo sandbox learn -- cargo run -- input.txt output.txt
  cargo sandbox learn --fresh --apply -- cargo test")]
pub(crate) struct Learn {
    /// How often the command is run
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Forget what was learned before
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Write the declarations into the source
    #[arg(long)]
    pub(crate) apply: bool,
    /// Where what was learned is kept, instead of the target folder
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// Compare two builds: what authority the new one gained or lost, function by function.
#[derive(Debug, Args)]
#[command(after_help = "\
A function that is no longer confined counts as gained authority: what it does, it may do unconfined now.

Examples:
  cargo sandbox diff old/gzip new/gzip
  cargo sandbox diff old/gzip new/gzip --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  cargo sandbox diff old/gzip new/gzip --fail-on change")]
pub(crate) struct Diff {
    /// The binary as it was
    pub(crate) old: PathBuf,
    /// The binary as it is now
    pub(crate) new: PathBuf,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// What ends in exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Gain)]
    pub(crate) fail_on: FailOn,
}

/// Say what this kernel can enforce, what that means for a binary, and what to change.
#[derive(Debug, Args)]
#[command(after_help = "\
A process is confined to find out: nothing is read from tables.

Examples:
  cargo sandbox doctor
  cargo sandbox doctor target/release/gzip")]
pub(crate) struct Doctor {
    /// A binary that is to run here
    pub(crate) binary: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show the vocabulary of rights, with what each means on both systems.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo sandbox rights
  cargo sandbox rights seek
  cargo sandbox rights O_RDWR")]
pub(crate) struct Rights {
    /// A right, or a word of another vocabulary (`CAP_READ`, `rpath`, `lseek`)
    pub(crate) name: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write the completions of a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo sandbox completions bash > ~/.local/share/bash-completion/completions/cargo-sandbox
  cargo sandbox completions fish > ~/.config/fish/completions/cargo-sandbox.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Write the manual pages into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo sandbox man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder, which must exist
    pub(crate) folder: PathBuf,
}

/// A binary by its package, built first.
#[derive(Debug, Args)]
pub(crate) struct Package {
    /// The package whose binary is built and read
    #[arg(id = "package", long, short, value_name = "PACKAGE")]
    pub(crate) name: Option<String>,
    /// The binary of the package, where it has several
    #[arg(long, requires = "package")]
    pub(crate) bin: Option<String>,
    /// Build it in release
    #[arg(long, requires = "package")]
    pub(crate) release: bool,
}

/// The kernel that the policy is explained for; the binary's own without these.
#[derive(Debug, Args)]
pub(crate) struct Kernel {
    /// The system
    #[arg(long, value_enum)]
    pub(crate) system: Option<System>,
    /// The architecture
    #[arg(long, value_enum)]
    pub(crate) arch: Option<Arch>,
    /// The version of Landlock that the Linux kernel has; 0 for none
    #[arg(long, value_name = "VERSION", default_value_t = 7)]
    pub(crate) landlock: u32,
    /// The release of FreeBSD
    #[arg(long, value_name = "RELEASE", default_value = "15.0", value_parser = release)]
    pub(crate) freebsd: sandbox_policy::freebsd::Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    Linux,
    Freebsd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    #[value(name = "x86_64")]
    X86_64,
    Aarch64,
    Riscv64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Authority was gained
    Gain,
    /// Anything changed
    Change,
}

impl From<Arch> for sandbox_policy::linux::Arch {
    fn from(arch: Arch) -> Self {
        match arch {
            Arch::X86_64 => Self::X86_64,
            Arch::Aarch64 => Self::Aarch64,
            Arch::Riscv64 => Self::Riscv64,
        }
    }
}

/// `15.0`, as `kern.osreldate` counts releases.
fn release(text: &str) -> Result<sandbox_policy::freebsd::Release, String> {
    let number = |part: &str| part.parse::<u32>().ok().filter(|number| *number < 100);
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    match (number(major), number(minor)) {
        (Some(major), Some(minor)) => Ok(sandbox_policy::freebsd::Release(major * 100_000 + minor * 1_000)),
        _ => Err("expected a release like `15.0`".to_owned()),
    }
}

/// Reads a command line; as `cargo sandbox`, cargo's own word is passed over.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, clap::Error> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.get(1).is_some_and(|first| first == "sandbox") {
        arguments.remove(1);
    }
    let matches = command().try_get_matches_from(arguments)?;
    Line::from_arg_matches(&matches).map(|line| line.command)
}

/// The whole command line, for completions and manual pages too.
pub(crate) fn command() -> clap::Command {
    Line::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn both_ways_of_calling_mean_the_same() {
        let parse = |line: &str| format!("{:?}", parse(line.split(' ').map(OsString::from)).expect("valid"));
        assert_eq!(parse("cargo-sandbox rights seek"), parse("cargo-sandbox sandbox rights seek"));
    }

    #[test]
    fn releases_are_read() {
        assert_eq!(release("15.1").map(|release| release.0), Ok(1_501_000));
        assert_eq!(release("14").map(|release| release.0), Ok(1_400_000));
        assert!(release("1O.0").is_err() && release("15.1.2").is_err() && release("").is_err());
    }
}
