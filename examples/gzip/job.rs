//! The jobs for workers: started, waited for, and ended when a signal asks for it.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, Read as _};
use std::os::fd::OwnedFd;

use sandbox_rt::worker::{Outcome, Running, Worker};

use crate::confined::to_hex;
use crate::ending::Ending;
use crate::listing::{LISTING_MAX, Listing};
use crate::subject::Subject;
use sandbox_examples::signals::{Caught, Signals};

/// Work on the data.
#[derive(Debug)]
pub(crate) enum Work {
    /// Compress into `out`.
    Compress { out: OwnedFd, level: u32, mtime: u32, name: Vec<u8> },
    /// Decompress into `out`; with `pass`, pass on what is not compressed.
    Decompress { out: OwnedFd, pass: bool },
    /// Decompress into nothing.
    Test,
}

/// A question about the data.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    /// Everything that `-l` shows.
    List,
    /// The name and the time that the first header has.
    Header,
}

/// Why it is not known how the job ended.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A signal asked the program to end.
    Caught(Caught),
    /// The worker could not be started, or did not finish.
    Worker(String),
}

impl From<Caught> for Failure {
    fn from(caught: Caught) -> Self {
        Self::Caught(caught)
    }
}

impl From<sandbox_rt::Error> for Failure {
    fn from(error: sandbox_rt::Error) -> Self {
        Self::Worker(error.to_string())
    }
}

/// Has a worker do it.
pub(crate) fn run(work: Work, input: File, subject: &Subject, signals: &Signals) -> Result<Ending, Failure> {
    let worker = match work {
        Work::Compress { out, level, mtime, name } => {
            let worker = worker("compress", subject).arg(level.to_string()).arg(mtime.to_string());
            worker.arg(to_hex(&name)).give("out", out)
        }
        Work::Decompress { out, pass } => worker("decompress", subject).arg(pass.to_string()).give("out", out),
        Work::Test => worker("test", subject),
    };
    finish(worker.give("input", input).spawn()?, signals)
}

/// Has a worker answer it. There is a listing where the job came through.
pub(crate) fn ask(
    question: Question,
    input: File,
    subject: &Subject,
    signals: &Signals,
) -> Result<(Ending, Listing), Failure> {
    let (mut answers, out) = io::pipe().map_err(|error| Failure::Worker(error.to_string()))?;
    let name = match question {
        Question::List => "list",
        Question::Header => "header",
    };
    let mut running = worker(name, subject).give("input", input).give("out", out).spawn()?;
    let received = receive(&mut answers, signals);
    if received.is_err() {
        end(&mut running)?;
    }
    let ending = finish(running, signals)?;
    match received? {
        Some(listing) => Ok((ending, listing)),
        None if ending.came_through() => Err(Failure::Worker("worker ended without an answer".to_owned())),
        None => Ok((ending, Listing::default())),
    }
}

fn worker(function: &str, subject: &Subject) -> Worker {
    subject.to_arguments().into_iter().fold(Worker::new(function), Worker::arg)
}

/// Waits for a worker's end. A signal ends it.
fn finish(mut running: Running, signals: &Signals) -> Result<Ending, Failure> {
    let caught = signals.wait_for_end(running.id());
    if caught.is_err() {
        end(&mut running)?;
    }
    let outcome = running.wait()?;
    caught?;
    // A terminal's interrupt goes to both processes.
    signals.check()?;
    let unknown = match outcome {
        Outcome::Exited(code) => match Ending::of_code(code) {
            Some(ending) => return Ok(ending),
            None => format!("worker ended with exit code {code}"),
        },
        Outcome::Signalled(signal) => format!("worker was killed by signal {signal}"),
        Outcome::Panicked => "worker panicked".to_owned(),
    };
    Err(Failure::Worker(unknown))
}

fn end(running: &mut Running) -> Result<(), Failure> {
    Ok(running.kill()?)
}

/// Reads a worker's answer; `None` is a wrong one or none at all.
fn receive(receiver: &mut PipeReader, signals: &Signals) -> Result<Option<Listing>, Caught> {
    let mut bytes = [0; LISTING_MAX + 1];
    let mut length = 0;
    // One byte more than an answer can have ends it as well.
    while length < bytes.len() {
        signals.wait_for(&*receiver)?;
        match receiver.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Ok(None),
        }
    }
    Ok(Listing::decode(&bytes[..length]))
}
