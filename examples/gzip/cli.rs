//! The command line.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

/// The longest suffix that `-S` takes.
const SUFFIX_MAX: usize = 30;

/// Long options, for abbreviations.
const LONG: [&str; 19] = [
    "best",
    "decompress",
    "fast",
    "force",
    "help",
    "keep",
    "license",
    "list",
    "name",
    "no-name",
    "quiet",
    "silent",
    "stdout",
    "suffix",
    "synchronous",
    "test",
    "to-stdout",
    "uncompress",
    "verbose",
];

/// The option that no abbreviation of `--verbose` may stand for.
const VERSION: &str = "version";

pub(crate) const HELP: &str = "\
Usage: gzip [OPTION]... [FILE]...
Compress or uncompress FILEs (by default, compress FILES in-place).

Mandatory arguments to long options are mandatory for short options too.

  -c, --stdout      write on standard output, keep original files unchanged
  -d, --decompress  decompress
  -f, --force       force overwrite of output file and compress links
  -h, --help        give this help
  -k, --keep        keep (don't delete) input files
  -l, --list        list compressed file contents
  -L, --license     display software license
  -n, --no-name     do not save or restore the original name and timestamp
  -N, --name        save or restore the original name and timestamp
  -q, --quiet       suppress all warnings
  -S, --suffix=SUF  use suffix SUF on compressed files
      --synchronous synchronous output (safer if system crashes, but slower)
  -t, --test        test compressed file integrity
  -v, --verbose     verbose mode
  -V, --version     display version number
  -1, --fast        compress faster
  -9, --best        compress better

With no FILE, or when FILE is -, read standard input.
Under the names gunzip and zcat the program behaves as gzip -d and gzip -dc.

Examples:
  gzip notes.txt            replace notes.txt by notes.txt.gz
  gzip -dk notes.txt.gz     get notes.txt back, and keep notes.txt.gz
  tar c src | gzip -9 > src.tar.gz
  gzip -tv *.gz             check archives
";

pub(crate) const VERSION_TEXT: &str = concat!(
    "gzip ",
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("CARGO_PKG_NAME"),
    ")\nThe code that reads and writes the data runs confined to those descriptors.\n",
);

pub(crate) const LICENSE_TEXT: &str =
    concat!("gzip ", env!("CARGO_PKG_VERSION"), "\nLicense: ", env!("CARGO_PKG_LICENSE"), "\n");

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Compress,
    Decompress,
    Test,
    List,
}

/// Everything that the options say.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each one is an option that is given or not")]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    /// Files go to standard output and stay.
    pub(crate) stdout: bool,
    pub(crate) force: bool,
    pub(crate) keep: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Save or restore the original name and time.
    pub(crate) names: bool,
    /// Data reaches the disk before the input is removed.
    pub(crate) synchronous: bool,
    pub(crate) level: u32,
    pub(crate) suffix: OsString,
    pub(crate) files: Vec<PathBuf>,
}

impl Settings {
    /// Whether what is not in gzip format is passed on: `zcat -f` is `cat`.
    pub(crate) fn passes_on(&self) -> bool {
        self.force && self.stdout && self.mode == Mode::Decompress
    }
}

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Run(Settings),
    /// A text to show.
    Show(&'static str),
}

/// The options as they stand, before any of them overrules another.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each one is an option that is given or not")]
struct Raw {
    decompress: bool,
    test: bool,
    list: bool,
    stdout: bool,
    force: bool,
    keep: bool,
    quiet: bool,
    verbose: bool,
    synchronous: bool,
    names: Option<bool>,
    level: Option<u32>,
    suffix: Option<OsString>,
    files: Vec<PathBuf>,
}

/// The last component of what the program was called by.
pub(crate) fn program_name(argument: Option<OsString>) -> String {
    let path = PathBuf::from(argument.unwrap_or_default());
    path.file_name().map_or_else(|| "gzip".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them, as a line for the user.
pub(crate) fn parse(program: &str, arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut raw = Raw::default();
    match program {
        "zcat" | "gzcat" => (raw.decompress, raw.stdout) = (true, true),
        _ if program.starts_with("gun") || program.starts_with("un") => raw.decompress = true,
        _ => {}
    }
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|error| wording(&error))? {
        let option = match argument {
            Arg::Value(file) => {
                raw.files.push(file.into());
                continue;
            }
            Arg::Short(letter) => letter,
            Arg::Long(name) => letter_of(name)?,
        };
        match option {
            'h' | '?' => return Ok(Command::Show(HELP)),
            'V' => return Ok(Command::Show(VERSION_TEXT)),
            'L' => return Ok(Command::Show(LICENSE_TEXT)),
            'S' => raw.suffix = Some(suffix(parser.value().map_err(|error| wording(&error))?)?),
            'c' => raw.stdout = true,
            'd' => raw.decompress = true,
            'f' => raw.force = true,
            'k' => raw.keep = true,
            'l' => raw.list = true,
            'n' => raw.names = Some(false),
            'N' => raw.names = Some(true),
            'q' => (raw.quiet, raw.verbose) = (true, false),
            't' => raw.test = true,
            'v' => (raw.quiet, raw.verbose) = (false, true),
            'Y' => raw.synchronous = true,
            '1'..='9' => raw.level = option.to_digit(10),
            other => return Err(format!("invalid option -- '{other}'")),
        }
    }
    Ok(Command::Run(raw.settle()))
}

impl Raw {
    fn settle(self) -> Settings {
        let mode = match (self.list, self.test, self.decompress) {
            (true, _, _) => Mode::List,
            (false, true, _) => Mode::Test,
            (false, false, true) => Mode::Decompress,
            (false, false, false) => Mode::Compress,
        };
        Settings {
            mode,
            stdout: self.stdout || matches!(mode, Mode::Test | Mode::List),
            force: self.force,
            keep: self.keep,
            quiet: self.quiet,
            verbose: self.verbose,
            names: self.names.unwrap_or(mode == Mode::Compress),
            synchronous: self.synchronous,
            level: self.level.unwrap_or(6),
            suffix: self.suffix.unwrap_or_else(|| ".gz".into()),
            files: self.files,
        }
    }
}

/// The letter of a long option, which may be cut short as long as it stays the only one.
fn letter_of(name: &str) -> Result<char, String> {
    let candidates = || LONG.into_iter().chain([VERSION]).filter(|long| long.starts_with(name));
    let exact = candidates().find(|&long| long == name);
    let mut letters: Vec<char> = match exact {
        Some(long) => vec![letter(long)],
        None => candidates().map(letter).collect(),
    };
    // Two names of one option are no doubt.
    letters.dedup();
    match letters[..] {
        [letter] => Ok(letter),
        [] => Err(format!("unrecognized option '--{name}'")),
        [_, _, ..] => {
            let all: Vec<String> = candidates().map(|long| format!("'--{long}'")).collect();
            Err(format!("option '--{name}' is ambiguous; possibilities: {}", all.join(" ")))
        }
    }
}

/// The letter of a whole long option; what has none of its own gets a capital that no option uses.
fn letter(long: &str) -> char {
    match long {
        "stdout" | "to-stdout" => 'c',
        "decompress" | "uncompress" => 'd',
        "quiet" | "silent" => 'q',
        "license" => 'L',
        "no-name" => 'n',
        "name" => 'N',
        "suffix" => 'S',
        "synchronous" => 'Y',
        "version" => 'V',
        "fast" => '1',
        "best" => '9',
        other => other.chars().next().unwrap_or('?'),
    }
}

fn suffix(value: OsString) -> Result<OsString, String> {
    let bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > SUFFIX_MAX || bytes.contains(&b'/') {
        return Err(format!("invalid suffix '{}'", value.display()));
    }
    Ok(value)
}

/// The parser's complaint in getopt's words.
fn wording(error: &lexopt::Error) -> String {
    match error {
        lexopt::Error::MissingValue { option: Some(option) } => match option.strip_prefix("--") {
            Some(_) => format!("option '{option}' requires an argument"),
            None => format!("option requires an argument -- '{}'", option.trim_start_matches('-')),
        },
        lexopt::Error::UnexpectedValue { option, .. } => {
            format!("option '{option}' doesn't allow an argument")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(program: &str, arguments: &[&str]) -> Settings {
        match parse(program, arguments.iter().map(OsString::from)) {
            Ok(Command::Run(settings)) => settings,
            other => panic!("{other:?}"),
        }
    }

    fn refused(arguments: &[&str]) -> String {
        parse("gzip", arguments.iter().map(OsString::from)).expect_err("refused")
    }

    #[test]
    fn the_last_of_two_that_contradict_wins() {
        assert!(run("gzip", &["-vq"]).quiet && !run("gzip", &["-vq"]).verbose);
        assert!(!run("gzip", &["-q", "-v"]).quiet);
        assert_eq!(run("gzip", &["-19"]).level, 9);
        assert!(run("gzip", &["-nN"]).names);
    }

    #[test]
    fn names_are_kept_when_compressing_only() {
        assert!(run("gzip", &[]).names);
        assert!(!run("gzip", &["-d"]).names);
    }

    #[test]
    fn options_may_follow_files_until_two_dashes() {
        let settings = run("gzip", &["a", "-k", "--", "-d"]);
        assert!(settings.keep);
        assert_eq!(settings.files, [PathBuf::from("a"), PathBuf::from("-d")]);
    }

    #[test]
    fn the_programs_name_is_an_option() {
        assert_eq!(run("gunzip", &[]).mode, Mode::Decompress);
        assert!(run("zcat", &[]).stdout);
        assert_eq!(program_name(Some("/usr/bin/zcat".into())), "zcat");
    }

    #[test]
    fn long_options_may_be_cut_short() {
        assert_eq!(run("gzip", &["--dec"]).mode, Mode::Decompress);
        assert_eq!(run("gzip", &["--su=.x"]).suffix, ".x");
        assert!(run("gzip", &["--verb"]).verbose);
        assert!(refused(&["--ver"]).contains("'--verbose' '--version'"));
        assert!(refused(&["--f"]).contains("ambiguous"));
        assert!(refused(&["--nonsense"]).contains("unrecognized"));
    }

    #[test]
    fn every_long_option_has_its_letter() {
        for long in LONG {
            assert!("19LNSYVcdfhklnqtv".contains(letter(long)), "{long}");
        }
    }

    #[test]
    fn complaints_name_the_option() {
        assert_eq!(refused(&["-x"]), "invalid option -- 'x'");
        assert_eq!(refused(&["-0"]), "invalid option -- '0'");
        assert_eq!(refused(&["-S"]), "option requires an argument -- 'S'");
        assert_eq!(refused(&["-S", "a/b"]), "invalid suffix 'a/b'");
        assert_eq!(refused(&["--keep=x"]), "option '--keep' doesn't allow an argument");
    }

    #[test]
    fn the_help_names_every_option() {
        for long in LONG.into_iter().filter(|long| !["silent", "to-stdout", "uncompress"].contains(long)) {
            assert!(HELP.contains(&format!("--{long}")), "{long}");
        }
    }
}
