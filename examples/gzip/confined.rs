//! The confined part: everything that looks at the data, each job in a process of its own.
//!
//! A worker has its input and its output, and nothing else but standard error. It cannot open, ask about or make
//! anything. What is to be said about the data it says itself; the program that started it learns an exit code
//! ([`Ending`]), and from the two jobs that are questions an answer, which is their output.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use rustix::process::{Signal, set_parent_process_death_signal};
use sandbox_rt::sandboxed;
use sandbox_rt::worker::{self, Given};

use crate::codec;
use crate::complaint;
use crate::console::Console;
use crate::ending::Ending;
use crate::list;
use crate::report::{Report, Trouble};
use crate::subject::Subject;

/// A worker's exit code where it could not do its work.
const UNABLE: u8 = 125;

#[sandboxed(fds(input = read, out = write))]
fn compress(input: File, mut out: File, level: u32, mtime: u32, name: &[u8]) -> io::Result<Report> {
    Ok(codec::compress(input, &mut out, level, mtime, name))
}

#[sandboxed(fds(input = read, out = write))]
fn decompress(input: File, mut out: File, pass: bool) -> io::Result<Report> {
    Ok(codec::decompress(input, &mut out, pass))
}

#[sandboxed(fds(input = read))]
fn test(input: File) -> io::Result<Report> {
    Ok(codec::decompress(input, &mut io::sink(), false))
}

#[sandboxed(fds(input = read, out = write))]
fn list(input: File, out: File) -> io::Result<Report> {
    answer(codec::decompress(input, &mut io::sink(), false), out)
}

#[sandboxed(fds(input = read, out = write))]
fn header(input: File, out: File) -> io::Result<Report> {
    answer(codec::first_header(input), out)
}

/// Writes what was asked for, where it was found.
fn answer(report: Report, mut out: File) -> io::Result<Report> {
    if report.trouble.is_none() {
        out.write_all(&report.listing.encode())?;
    }
    Ok(report)
}

/// In a worker: does its job. Elsewhere: `None`.
pub(crate) fn serve() -> Option<ExitCode> {
    worker::serve(&[
        ("compress", compress_worker),
        ("decompress", decompress_worker),
        ("test", test_worker),
        ("list", list_worker),
        ("header", header_worker),
    ])
}

fn compress_worker(given: Given) -> ExitCode {
    work(given, |job| {
        let [level, mtime, name] = job.arguments()?;
        let level = level.parse().map_err(|_| misused())?;
        let mtime = mtime.parse().map_err(|_| misused())?;
        let name = from_hex(&name).ok_or_else(misused)?;
        let (input, out) = (job.file("input")?, job.file("out")?);
        job.announce();
        let report = compress(input, out, level, mtime, &name)?;
        let ending = job.tell(&report);
        if ending.came_through() && job.subject.verbose {
            let listing = report.listing;
            job.ratio(list::saved(listing.written, listing.read, listing.framing), listing.read);
        }
        Ok(ending)
    })
}

fn decompress_worker(given: Given) -> ExitCode {
    work(given, |job| {
        let [pass] = job.arguments()?;
        let pass = pass.parse().map_err(|_| misused())?;
        let (input, out) = (job.file("input")?, job.file("out")?);
        let report = decompress(input, out, pass)?;
        job.announce_member(&report);
        let ending = job.tell(&report);
        if ending.came_through() && job.subject.verbose && job.subject.named {
            let listing = report.listing;
            job.ratio(list::saved(listing.read, listing.written, listing.framing), listing.written);
        }
        Ok(ending)
    })
}

fn test_worker(given: Given) -> ExitCode {
    work(given, |job| {
        let report = test(job.file("input")?)?;
        job.announce_member(&report);
        let ending = job.tell(&report);
        if ending.came_through() && job.subject.verbose {
            job.console.say(" OK\n");
        }
        Ok(ending)
    })
}

fn list_worker(given: Given) -> ExitCode {
    work(given, |job| {
        let report = list(job.file("input")?, job.file("out")?)?;
        Ok(job.tell(&report))
    })
}

fn header_worker(given: Given) -> ExitCode {
    work(given, |job| {
        let report = header(job.file("input")?, job.file("out")?)?;
        Ok(job.tell(&report))
    })
}

/// A job, as the worker was given it.
struct Job {
    given: Given,
    subject: Subject,
    console: Console,
}

/// Does a job, and turns what became of it into the worker's exit code.
fn work(given: Given, job: impl FnOnce(&mut Job) -> io::Result<Ending>) -> ExitCode {
    // Nobody waits for a worker whose program was killed, or removes what it makes.
    let ended = set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from);
    match ended.and_then(|()| job(&mut Job::new(given)?)) {
        Ok(ending) => ending.into(),
        Err(error) => {
            // Where standard error fails, the exit code remains.
            let _ = writeln!(io::stderr(), "gzip: {error}");
            ExitCode::from(UNABLE)
        }
    }
}

impl Job {
    fn new(given: Given) -> io::Result<Self> {
        let subject = given.args().first_chunk().cloned().map(Subject::from_arguments).ok_or_else(misused)?;
        let mut console = Console::new(subject.program.clone());
        console.set_quiet(subject.quiet);
        Ok(Self { given, subject, console })
    }

    /// The arguments of this job alone.
    fn arguments<const N: usize>(&self) -> io::Result<[String; N]> {
        let own = self.given.args().get(Subject::ARGUMENTS..).unwrap_or_default();
        own.to_vec().try_into().map_err(|_| misused())
    }

    fn file(&mut self, name: &str) -> io::Result<File> {
        self.given.descriptor(name).map(File::from)
    }

    /// Begins the line that `-v` shows for a file.
    fn announce(&self) {
        if self.subject.verbose && self.subject.named {
            self.console.say(format_args!("{}:\t", self.subject.input));
        }
    }

    /// The same, if the data begins like a gzip file: only that is spoken of by name.
    fn announce_member(&self, report: &Report) {
        if report.listing.framing != 0 {
            self.announce();
        }
    }

    /// Says what is wrong or worth saying.
    fn tell(&mut self, report: &Report) -> Ending {
        let Self { subject, console, .. } = self;
        let Some(trouble) = report.trouble else { return complaint::remark(console, report, subject) };
        if trouble == Trouble::Write(libc::EPIPE) {
            return Ending::Unread;
        }
        complaint::tell(console, trouble, subject);
        let begun = report.listing.framing != 0 || matches!(trouble, Trouble::Write(_));
        if begun { Ending::BrokenOff } else { Ending::Failed }
    }

    /// What `-v` shows of a job that went well: `saved` of `whole` bytes. What is standard input's ends its line.
    fn ratio(&self, saved: i128, whole: u64) {
        let end = if self.subject.named { "" } else { "\n" };
        self.console.say(format_args!("{}{end}", list::ratio(saved, whole)));
    }
}

fn misused() -> io::Error {
    ErrorKind::InvalidInput.into()
}

/// Bytes as an argument: a name need not be text.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
#[path = "confined_tests.rs"]
mod tests;
