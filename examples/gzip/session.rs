//! One run of the program: each file in turn, from the name to the exit code.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use signal_hook::consts::SIGPIPE;

use crate::cli::{Mode, Settings};
use crate::console::{Console, reason};
use crate::ending::Ending;
use crate::input::{self, Input};
use crate::job::{self, Failure, Question, Work};
use crate::list::{self, Shown, Table};
use crate::listing::Listing;
use crate::names;
use crate::standard;
use crate::subject::Subject;
use sandbox_examples::signals::{Caught, Signals};

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
        let subject = self.subject("stdin", "stdout", false);
        let opened = standard::input().and_then(|()| io::stdin().as_fd().try_clone_to_owned()).map(File::from);
        let opened = opened.and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.console.error(format_args!("standard input: {}", reason(&error)));
                return Err(self.give_up());
            }
        };
        if let Err(error) = standard::readable() {
            self.console.fresh_line();
            self.console.error(format_args!("stdin: {}", reason(&error)));
            return Err(self.give_up());
        }
        let mtime = input::seconds(&metadata);
        if mode == Mode::List {
            return self.list(file, &subject, mtime, Path::new("stdout"));
        }
        let work = if mode == Mode::Test {
            Work::Test
        } else {
            let out = self.standard_output(&subject)?;
            self.job(out, &subject, OsStr::new(""), mtime)
        };
        self.work(work, file, &subject, true).map(drop)
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
        let subject = self.subject(&input.path.display().to_string(), "stdout", true);
        if self.settings.mode == Mode::List {
            let plain = names::decompressed(&input.path, &self.settings.suffix);
            let mtime = input::seconds(&input.metadata);
            return self.list(input.file, &subject, mtime, &plain.unwrap_or(input.path));
        }
        self.work(Work::Test, input.file, &subject, false).map(drop)
    }

    /// `-c`.
    fn stream(&mut self, input: Input) -> Result<(), Stop> {
        let subject = self.subject(&input.path.display().to_string(), "stdout", true);
        let out = self.standard_output(&subject)?;
        let work = self.job(out, &subject, input.stored_name(), input::seconds(&input.metadata));
        if self.work(work, input.file, &subject, true)? {
            self.summary(Path::new("stdout"));
        }
        Ok(())
    }

    /// What a worker needs to know to speak about it.
    pub(crate) fn subject(&self, input: &str, output: &str, named: bool) -> Subject {
        Subject {
            program: self.console.program().to_owned(),
            input: input.to_owned(),
            output: output.to_owned(),
            named,
            quiet: self.settings.quiet,
            verbose: self.settings.verbose,
        }
    }

    /// Has a worker do it, and says whether it came through; otherwise the next file may be tried.
    pub(crate) fn work(&mut self, work: Work, input: File, subject: &Subject, joined: bool) -> Result<bool, Stop> {
        // A descriptor whose flags cannot be changed will say so when it is read.
        let _ = input::make_blocking(&input);
        let ended = job::run(work, input, subject, &self.signals);
        self.ended(ended, subject, joined)
    }

    /// Asks a worker about the data; `None` where that failed and the next file may be tried.
    pub(crate) fn ask(&mut self, question: Question, input: File, subject: &Subject) -> Result<Option<Listing>, Stop> {
        let _ = input::make_blocking(&input);
        let (ended, listing) = match job::ask(question, input, subject, &self.signals) {
            Ok((ending, listing)) => (Ok(ending), listing),
            Err(failure) => (Err(failure), Listing::default()),
        };
        Ok(self.ended(ended, subject, false)?.then_some(listing))
    }

    /// Draws the conclusions from how a job ended.
    fn ended(&mut self, ended: Result<Ending, Failure>, subject: &Subject, joined: bool) -> Result<bool, Stop> {
        // What is joined to one stream must not go on behind a gap; files do not depend on each other.
        let gap = match ended {
            Ok(Ending::Fine) => return Ok(true),
            Ok(Ending::Warned) => {
                self.console.warned();
                return Ok(true);
            }
            Ok(Ending::Unread) => return Err(Stop::Signal(SIGPIPE)),
            Ok(Ending::Failed) => false,
            Ok(Ending::BrokenOff) => true,
            Err(Failure::Caught(caught)) => return Err(caught.into()),
            Err(Failure::Worker(why)) => {
                self.console.error(format_args!("{}: {why}", subject.input));
                true
            }
        };
        self.console.failed();
        if joined && gap { Err(Stop::Failed) } else { Ok(false) }
    }

    /// Ends the line that `-v` shows for a file, which its worker began.
    pub(crate) fn summary(&self, target: &Path) {
        if self.settings.verbose {
            let how = if self.settings.keep { "created" } else { "replaced with" };
            let target = list::printable(&target.display().to_string());
            self.console.say(format_args!(" -- {how} {target}\n"));
        }
    }

    /// One row of `-l`.
    fn list(&mut self, input: File, subject: &Subject, mtime: Option<i64>, plain: &Path) -> Result<(), Stop> {
        let Some(listing) = self.ask(Question::List, input, subject)? else { return Ok(()) };
        let mut name = plain.to_owned();
        let mut time = mtime.unwrap_or(0);
        if self.settings.names {
            if let Some(stored) = listing.name.file_name() {
                name = names::renamed(plain, &stored);
            }
            if listing.mtime != 0 {
                time = listing.mtime.into();
            }
        }
        let shown = Shown {
            verbose: self.settings.verbose,
            quiet: self.settings.quiet,
            mtime: time,
            name: &name.display().to_string(),
        };
        let mut out = io::stdout().lock();
        let row = standard::output().and_then(|()| self.table.row(&mut out, &listing, shown));
        let row = row.and_then(|()| out.flush());
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

    fn standard_output(&mut self, subject: &Subject) -> Result<OwnedFd, Stop> {
        let opened = standard::output().and_then(|()| io::stdout().as_fd().try_clone_to_owned());
        opened.map_err(|error| {
            if subject.verbose && subject.named {
                self.console.say(format_args!("{}:\t", subject.input));
            }
            self.console.fresh_line();
            self.console.error(format_args!("stdout: {}", reason(&error)));
            Stop::Failed
        })
    }

    /// The job that makes `out` from an input of this name and time.
    pub(crate) fn job(&mut self, out: OwnedFd, subject: &Subject, stored: &OsStr, mtime: Option<i64>) -> Work {
        if self.settings.mode != Mode::Compress {
            return Work::Decompress { out, pass: self.settings.passes_on() };
        }
        let name = if self.settings.names { stored.as_bytes().to_vec() } else { Vec::new() };
        Work::Compress { out, level: self.settings.level, mtime: self.stamp(&subject.input, mtime), name }
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
