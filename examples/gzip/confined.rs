//! The confined part: everything that looks at the data, each job in a process of its own.
//!
//! A worker has its input, its output if it has one, and a pipe for its report. It cannot open, ask about or make
//! anything else. The program that started it reads the report, and only that.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::ExitCode;

use sandbox_rt::sandboxed;
use sandbox_rt::worker::{self, Given, Outcome, Worker};

use crate::codec;
use crate::report::{REPORT_MAX, Report};
use crate::signals::{Caught, Signals};

/// A worker's exit code where it could not do its work.
const UNABLE: u8 = 125;

/// A job for a worker.
#[derive(Debug)]
pub(crate) enum Work {
    /// Compress into `out`.
    Compress { out: OwnedFd, level: u32, mtime: u32, name: Vec<u8> },
    /// Decompress into `out`; with `pass`, pass on what is not compressed.
    Decompress { out: OwnedFd, pass: bool },
    /// Decompress into nothing.
    Examine,
}

/// Why there is no report.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A signal asked the program to end.
    Caught(Caught),
    /// The worker could not be started, or did not finish.
    Worker(String),
}

/// In a worker: does its job. Elsewhere: `None`.
pub(crate) fn serve() -> Option<ExitCode> {
    worker::serve(&[("compress", compress_worker), ("decompress", decompress_worker), ("examine", examine_worker)])
}

/// Runs one job to its end.
pub(crate) fn run(work: Work, input: OwnedFd, signals: &Signals) -> Result<Report, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::Worker(error.to_string());
    let (mut reports, sender) = io::pipe().map_err(|error| failed(&error))?;
    let worker = match work {
        Work::Compress { out, level, mtime, name } => {
            Worker::new("compress").arg(level.to_string()).arg(mtime.to_string()).arg(to_hex(&name)).give("out", out)
        }
        Work::Decompress { out, pass } => Worker::new("decompress").arg(pass.to_string()).give("out", out),
        Work::Examine => Worker::new("examine"),
    };
    let worker = worker.give("input", input).give("report", sender);
    let mut running = worker.spawn().map_err(|error| failed(&error))?;
    let received = receive(&mut reports, signals);
    if !matches!(received, Ok(None)) {
        // It has nothing left to do, whatever it still does. One that says nothing is left to say why itself.
        running.kill().map_err(|error| failed(&error))?;
    }
    let outcome = running.wait().map_err(|error| failed(&error))?;
    if let Some(report) = received.map_err(Failure::Caught)? {
        return Ok(report);
    }
    // A terminal's interrupt goes to both processes.
    signals.check().map_err(Failure::Caught)?;
    Err(Failure::Worker(match outcome {
        Outcome::Exited(code) => format!("worker ended with exit code {code} and without a report"),
        Outcome::Signalled(signal) => format!("worker was killed by signal {signal}"),
        Outcome::Panicked => "worker panicked".to_owned(),
    }))
}

/// Reads the worker's report; `None` is a wrong one or none at all.
fn receive(receiver: &mut PipeReader, signals: &Signals) -> Result<Option<Report>, Caught> {
    let mut bytes = [0; REPORT_MAX + 1];
    let mut length = 0;
    // One byte more than a report can have ends it as well.
    while length < bytes.len() {
        signals.wait_for(&*receiver)?;
        match receiver.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Ok(None),
        }
    }
    Ok(Report::decode(&bytes[..length]))
}

#[sandboxed(fds(input = read, out = write, report = write))]
fn compress(input: File, mut out: File, mut report: File, level: u32, mtime: u32, name: &[u8]) -> io::Result<()> {
    report.write_all(&codec::compress(input, &mut out, level, mtime, name).encode())
}

#[sandboxed(fds(input = read, out = write, report = write))]
fn decompress(input: File, mut out: File, mut report: File, pass: bool) -> io::Result<()> {
    report.write_all(&codec::decompress(input, &mut out, pass).encode())
}

#[sandboxed(fds(input = read, report = write))]
fn examine(input: File, mut report: File) -> io::Result<()> {
    report.write_all(&codec::decompress(input, &mut io::sink(), false).encode())
}

fn compress_worker(mut given: Given) -> ExitCode {
    finish(|| {
        let [level, mtime, name] = given.args() else { return Err(misused()) };
        let level = level.parse().map_err(|_| misused())?;
        let mtime = mtime.parse().map_err(|_| misused())?;
        let name = from_hex(name).ok_or_else(misused)?;
        let [input, out, report] = ["input", "out", "report"].map(|name| file(&mut given, name));
        compress(input?, out?, report?, level, mtime, &name)
    })
}

fn decompress_worker(mut given: Given) -> ExitCode {
    finish(|| {
        let [pass] = given.args() else { return Err(misused()) };
        let pass = pass.parse().map_err(|_| misused())?;
        let [input, out, report] = ["input", "out", "report"].map(|name| file(&mut given, name));
        decompress(input?, out?, report?, pass)
    })
}

fn examine_worker(mut given: Given) -> ExitCode {
    finish(|| {
        let [input, report] = ["input", "report"].map(|name| file(&mut given, name));
        examine(input?, report?)
    })
}

fn file(given: &mut Given, name: &str) -> io::Result<File> {
    given.descriptor(name).map(File::from)
}

fn misused() -> io::Error {
    ErrorKind::InvalidInput.into()
}

/// Turns what became of a job into the worker's exit code.
fn finish(job: impl FnOnce() -> io::Result<()>) -> ExitCode {
    match job() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error fails, the exit code remains.
            let _ = writeln!(io::stderr(), "gzip: {error}");
            ExitCode::from(UNABLE)
        }
    }
}

/// Bytes as an argument: a name need not be text.
fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_pass_as_an_argument() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_hex(&to_hex(&bytes)), Some(bytes));
        assert_eq!(from_hex(""), Some(Vec::new()));
        assert_eq!(from_hex("zz"), None);
    }
}
