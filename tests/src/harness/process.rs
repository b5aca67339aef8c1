//! One case in a process of its own.

use std::fmt;
use std::io::{self, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::Case;
use crate::scratch::{self, Scratch};

/// How a case ended, and what it printed.
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) output: Vec<u8>,
}

pub(super) enum End {
    Exited(ExitStatus),
    TimedOut(Duration),
    NotStarted(io::Error),
}

impl Ended {
    pub(super) fn passed(&self) -> bool {
        matches!(self.end, End::Exited(status) if status.success())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => match (status.code(), status.signal()) {
                (Some(code), _) => write!(f, "[exit status {code}]"),
                (None, signal) => write!(f, "[ended by signal {}]", signal.unwrap_or(0)),
            },
            Self::TimedOut(limit) => write!(f, "[killed after {limit:?}]"),
            Self::NotStarted(error) => write!(f, "[could not be run: {error}]"),
        }
    }
}

/// Runs a case; what it prints is collected, or goes where this program's output goes.
pub(super) fn run(case: &Case, capture: bool) -> Ended {
    // A confined process cannot remove its own files.
    let scratch = match Scratch::new() {
        Ok(scratch) => scratch,
        Err(error) => return not_started(error),
    };
    let mut command = match program() {
        Ok(program) => Command::new(program),
        Err(error) => return not_started(error),
    };
    command
        .args(["--case", &case.name])
        .env(scratch::VARIABLE, scratch.path())
        // Expected output is compared byte by byte.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .process_group(0);
    let reader = if capture { collect(&mut command) } else { Ok(None) };
    let (reader, child) = match reader.and_then(|reader| Ok((reader, command.spawn()?))) {
        Ok(started) => started,
        Err(error) => return not_started(error),
    };
    // The writing ends of the pipe are in here.
    drop(command);
    let reader = reader.map(|mut reader| {
        thread::spawn(move || {
            let mut output = Vec::new();
            // What was read before an error is kept.
            let _ = reader.read_to_end(&mut output);
            output
        })
    });
    let end = wait(child, case.time_limit);
    let output = reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
    Ended { end, output }
}

/// The running program itself; on Linux even if its file was replaced since.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

fn not_started(error: io::Error) -> Ended {
    Ended { end: End::NotStarted(error), output: Vec::new() }
}

/// Makes both output streams of the command one pipe.
fn collect(command: &mut Command) -> io::Result<Option<io::PipeReader>> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    Ok(Some(reader))
}

/// Waits for the end of a case, and ends whatever it left behind.
fn wait(mut child: Child, limit: Duration) -> End {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return End::NotStarted(io::ErrorKind::InvalidInput.into());
    };
    // It is not reaped here, so that its number still means it and its group below.
    let (sender, ended) = mpsc::channel();
    let waiter = thread::spawn(move || {
        let _ = sender.send(waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).map(drop));
    });
    let timed_out = matches!(ended.recv_timeout(limit), Err(RecvTimeoutError::Timeout));
    // The group is empty but for the case itself, as a rule.
    let _ = kill_process_group(pid, Signal::KILL);
    let _ = waiter.join();
    match child.wait() {
        _ if timed_out => End::TimedOut(limit),
        Ok(status) => End::Exited(status),
        Err(error) => End::NotStarted(error),
    }
}
