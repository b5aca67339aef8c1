//! One run of the program: each file in turn, from the name to the exit code.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use signal_hook::consts::SIGPIPE;

use crate::cli::{Mode, Settings};
use crate::complaint::{self, Subject};
use crate::confined::{self, Failure, Work};
use crate::console::{Console, reason};
use crate::input::{self, Input};
use crate::list::{self, Shown, Table};
use crate::names;
use crate::report::{Report, Trailing, Trouble};
use crate::signals::{Caught, Signals};

/// What ends the run before its last file.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A signal.
    Signal(i32),
    /// An error after which nothing more can be done. It has been told.
    Failed,
}

impl From<Caught> for Stop {
    fn from(Caught(signal): Caught) -> Self {
        Self::Signal(signal)
    }
}

/// The run.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) console: &'a mut Console,
    pub(crate) signals: Signals,
    pub(crate) table: Table,
}

impl Session<'_> {
    /// Works through all files, or standard input.
    pub(crate) fn run(&mut self) -> Result<(), Stop> {
        if self.settings.files.is_empty() {
            self.standard_input()?;
        }
        for path in &self.settings.files {
            if path.as_os_str() == "-" {
                self.standard_input()?;
            } else {
                self.file(path)?;
            }
        }
        if self.settings.mode == Mode::List && !self.settings.quiet && self.settings.files.len() > 1 {
            let totals = self.table.totals(&mut io::stdout().lock(), self.settings.verbose);
            self.written(totals)?;
        }
        Ok(())
    }

    /// Standard input to standard output.
    fn standard_input(&mut self) -> Result<(), Stop> {
        let mode = self.settings.mode;
        let (terminal, how, verb) = match mode {
            Mode::Compress => (io::stdout().is_terminal(), "written to", ""),
            Mode::Decompress | Mode::Test => (io::stdin().is_terminal(), "read from", "de"),
            Mode::List => (false, "", ""),
        };
        if terminal && !self.settings.force {
            if !self.settings.quiet {
                let program = self.console.program().to_owned();
                self.console.line(format_args!(
                    "compressed data not {how} a terminal. Use -f to force {verb}compression.\n\
                     For help, type: {program} -h"
                ));
            }
            return Err(self.give_up());
        }
        let subject = Subject { input: "stdin", output: "stdout" };
        let opened = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let opened = opened.and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.console.error(format_args!("stdin: {}", reason(&error)));
                return Err(self.give_up());
            }
        };
        let mtime = input::seconds(&metadata);
        let out = self.standard_output()?;
        let work = self.job(out, subject.input, OsStr::new(""), mtime);
        let Some(report) = self.work(work, file, subject, true)? else { return Ok(()) };
        self.remarks(&report, "stdin");
        match mode {
            Mode::Compress if self.settings.verbose => {
                self.console.say(format_args!("{}\n", packed_ratio(&report)));
            }
            Mode::Test if self.settings.verbose => self.console.say(" OK\n"),
            Mode::List => self.list(&report, mtime.unwrap_or(0), Path::new("stdout"))?,
            Mode::Compress | Mode::Decompress | Mode::Test => {}
        }
        Ok(())
    }

    /// One named file.
    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let Some(input) = Input::open(path, self.settings, self.console) else { return Ok(()) };
        match self.settings.mode {
            Mode::Test | Mode::List => self.examine(input),
            Mode::Compress | Mode::Decompress if self.settings.stdout => self.stream(input),
            Mode::Compress | Mode::Decompress => self.replace(input),
        }
    }

    /// `-t` and `-l`.
    fn examine(&mut self, input: Input) -> Result<(), Stop> {
        let name = input.path.display().to_string();
        let subject = Subject { input: &name, output: "stdout" };
        let Some(report) = self.work(Work::Examine, input.file, subject, false)? else {
            return Ok(());
        };
        self.remarks(&report, &name);
        if self.settings.mode == Mode::List {
            let plain = names::decompressed(&input.path, &self.settings.suffix);
            let mtime = input::seconds(&input.metadata).unwrap_or(0);
            return self.list(&report, mtime, &plain.unwrap_or(input.path));
        }
        if self.settings.verbose {
            self.console.say(" OK\n");
        }
        Ok(())
    }

    /// `-c`.
    fn stream(&mut self, input: Input) -> Result<(), Stop> {
        let name = input.path.display().to_string();
        let subject = Subject { input: &name, output: "stdout" };
        let out = self.standard_output()?;
        let work = self.job(out, &name, input.stored_name(), input::seconds(&input.metadata));
        let Some(report) = self.work(work, input.file, subject, true)? else { return Ok(()) };
        self.remarks(&report, &name);
        self.summary(&report, Path::new("stdout"));
        Ok(())
    }

    /// Has a worker do it; `None` where it failed and the next file may be tried.
    pub(crate) fn work(
        &mut self,
        work: Work,
        input: File,
        subject: Subject<'_>,
        joined: bool,
    ) -> Result<Option<Report>, Stop> {
        let verbose = self.settings.verbose && subject.input != "stdin";
        let compresses = matches!(work, Work::Compress { .. });
        if verbose && compresses {
            self.console.say(format_args!("{}:\t", subject.input));
        }
        // A descriptor whose flags cannot be changed will say so when it is read.
        let _ = input::make_blocking(&input);
        let report = match confined::run(work, input.into(), &self.signals) {
            Ok(report) => report,
            Err(Failure::Caught(caught)) => return Err(caught.into()),
            Err(Failure::Worker(why)) => {
                self.console.error(format_args!("{}: {why}", subject.input));
                return if joined { Err(Stop::Failed) } else { Ok(None) };
            }
        };
        // Only data that begins like a gzip file is spoken of by name.
        if verbose && !compresses && self.settings.mode != Mode::List && report.framing != 0 {
            self.console.say(format_args!("{}:\t", subject.input));
        }
        let Some(trouble) = report.trouble else { return Ok(Some(report)) };
        if trouble == Trouble::Write(libc::EPIPE) {
            return Err(Stop::Signal(SIGPIPE));
        }
        complaint::tell(self.console, trouble, subject);
        // What is joined to one stream must not go on behind a gap; files do not depend on each other.
        let gap = report.framing != 0 || matches!(trouble, Trouble::Write(_));
        if joined && gap { Err(Stop::Failed) } else { Ok(None) }
    }

    /// What is worth saying about data that came through well.
    pub(crate) fn remarks(&mut self, report: &Report, name: &str) {
        let verbose = self.settings.verbose;
        if let Some(length) = report.extra.filter(|_| verbose) {
            self.console.line(format_args!("{name}: extra field of {length} bytes ignored"));
        }
        let what = match report.trailing {
            Trailing::Nothing => return,
            Trailing::Zeros if !verbose => return,
            Trailing::Zeros => "zero bytes",
            Trailing::Garbage => "garbage",
        };
        if !self.settings.quiet {
            self.console.fresh_line();
        }
        self.console.warn(format_args!("{name}: decompression OK, trailing {what} ignored"));
    }

    /// The line that `-v` shows for a file.
    pub(crate) fn summary(&self, report: &Report, target: &Path) {
        if !self.settings.verbose {
            return;
        }
        let ratio = match self.settings.mode {
            Mode::Compress => packed_ratio(report),
            Mode::Decompress | Mode::Test | Mode::List => {
                let saved = list::saved(report.read, report.written, report.framing);
                list::ratio(saved, report.written)
            }
        };
        let how = if self.settings.keep { "created" } else { "replaced with" };
        let target = list::printable(&target.display().to_string());
        self.console.say(format_args!("{ratio} -- {how} {target}\n"));
    }

    /// One row of `-l`.
    fn list(&mut self, report: &Report, mtime: i64, plain: &Path) -> Result<(), Stop> {
        let mut name = plain.to_owned();
        let mut time = mtime;
        if self.settings.names {
            if let Some(stored) = report.name.file_name() {
                name = names::renamed(plain, &stored);
            }
            if report.mtime != 0 {
                time = report.mtime.into();
            }
        }
        let shown = Shown {
            verbose: self.settings.verbose,
            quiet: self.settings.quiet,
            mtime: time,
            name: &name.display().to_string(),
        };
        let mut out = io::stdout().lock();
        let row = self.table.row(&mut out, report, shown).and_then(|()| out.flush());
        self.written(row)
    }

    /// What became of a write to standard output.
    fn written(&mut self, result: io::Result<()>) -> Result<(), Stop> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Stop::Signal(SIGPIPE)),
            Err(error) => {
                self.console.fresh_line();
                self.console.error(format_args!("stdout: {}", reason(&error)));
                Err(Stop::Failed)
            }
        }
    }

    fn standard_output(&mut self) -> Result<OwnedFd, Stop> {
        io::stdout().as_fd().try_clone_to_owned().map_err(|error| {
            self.console.error(format_args!("stdout: {}", reason(&error)));
            Stop::Failed
        })
    }

    /// The job that makes `out` from an input of this name and time.
    pub(crate) fn job(&mut self, out: OwnedFd, input: &str, stored: &OsStr, mtime: Option<i64>) -> Work {
        match self.settings.mode {
            Mode::Compress => {
                let name = if self.settings.names { stored.as_bytes().to_vec() } else { Vec::new() };
                Work::Compress { out, level: self.settings.level, mtime: self.stamp(input, mtime), name }
            }
            Mode::Decompress => Work::Decompress { out, pass: self.settings.passes_on() },
            Mode::Test | Mode::List => Work::Examine,
        }
    }

    /// The time that is stored; 0, which is none, where there is none or the format has no room for it.
    fn stamp(&mut self, name: &str, mtime: Option<i64>) -> u32 {
        let Some(mtime) = mtime.filter(|_| self.settings.names) else { return 0 };
        u32::try_from(mtime).unwrap_or_else(|_| {
            self.console.warn(format_args!("{name}: warning: file timestamp out of range for gzip format"));
            0
        })
    }

    /// Ends the run with exit code 1, whether or not anything was said.
    fn give_up(&mut self) -> Stop {
        self.console.failed();
        Stop::Failed
    }
}

fn packed_ratio(report: &Report) -> String {
    list::ratio(list::saved(report.written, report.read, report.framing), report.read)
}
