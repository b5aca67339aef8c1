//! Several confined pieces of work, one after another or side by side: each in a process of its own.
//!
//! Confinement holds for the rest of a process's life. A program that must go on afterwards (rename a finished file,
//! take the next one) starts a worker: the program itself, executed again with the given descriptors and nothing else,
//! in which one named function runs.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use sandbox_rt::worker::{self, Given, Outcome, Worker};
//!
//! fn main() -> ExitCode {
//!     if let Some(code) = worker::serve(&[("count", count)]) {
//!         return code;
//!     }
//!     let file = std::fs::File::open("data").expect("data");
//!     match Worker::new("count").give("input", file).run() {
//!         Ok(Outcome::Exited(0)) => ExitCode::SUCCESS,
//!         other => {
//!             eprintln!("the worker failed: {other:?}");
//!             ExitCode::FAILURE
//!         }
//!     }
//! }
//!
//! fn count(mut given: Given) -> ExitCode {
//!     let Ok(input) = given.descriptor("input") else { return ExitCode::FAILURE };
//!     // An annotated function is called here, or a `Sandbox` entered.
//! #   let _ = input;
//!     ExitCode::SUCCESS
//! }
//! ```

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use crate::{Error, ErrorKind, sys};

/// The first argument of a worker; the function's name follows.
const MARK: &str = "--sandbox-worker=";
/// The exit status of a worker whose function was not confined and did not fail for that, or does not exist.
const NOT_CONFINED: u8 = 125;

/// A function that a worker can run.
pub type Function = fn(Given) -> ExitCode;

/// What a worker was given.
#[derive(Debug)]
pub struct Given {
    names: Vec<Option<String>>,
    arguments: Vec<String>,
}

/// A worker to be started.
#[derive(Debug)]
#[must_use = "a worker runs when it is started"]
pub struct Worker {
    function: String,
    arguments: Vec<OsString>,
    names: Vec<String>,
    descriptors: Vec<OwnedFd>,
}

/// A worker that was started. Dropped, it goes on by itself.
#[derive(Debug)]
pub struct Running {
    child: sys::Spawned,
    function: String,
}

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With this exit status. 125: it was not confined, for the reason it printed. A function whose entry failed may end
    /// with another code than 0 of its own.
    Exited(i32),
    /// It panicked: exit status 101. The panic's text is on standard error.
    Panicked,
    /// A signal ended it: 31 (SIGSYS) on Linux and 5 (SIGTRAP) on FreeBSD are the end of `on_violation = kill`.
    Signalled(i32),
}

/// In a worker process, runs the function that it was started for and gives its exit code. Elsewhere gives nothing.
///
/// A function that returns without having confined itself has the exit code 125 instead, unless its entry failed and it
/// returned a code other than 0 for that.
///
/// Call it first thing in `main`, before anything is opened or started.
#[must_use = "in a worker process, `main` must return the code"]
pub fn serve(functions: &[(&str, Function)]) -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let mark = arguments.next()?;
    let name = mark.to_str()?.strip_prefix(MARK)?;
    if !sys::is_worker() {
        return None;
    }
    let Some((_, function)) = functions.iter().find(|(known, _)| *known == name) else {
        eprintln!("there is no worker function `{name}`");
        return Some(ExitCode::from(NOT_CONFINED));
    };
    let names = arguments.next().unwrap_or_default();
    let names = names.to_str().unwrap_or_default();
    let given = Given {
        names: names.split(',').filter(|name| !name.is_empty()).map(|name| Some(name.to_owned())).collect(),
        arguments: arguments.map(|argument| argument.to_string_lossy().into_owned()).collect(),
    };
    let code = function(given);
    // A function that could not confine itself and says so by its exit code was told why, and has nothing to add.
    let failed = crate::enter::has_failed() && code != ExitCode::SUCCESS;
    if crate::status().is_none() && !failed {
        eprintln!("the worker function `{name}` returned without having confined itself");
        return Some(ExitCode::from(NOT_CONFINED));
    }
    Some(code)
}

impl Given {
    /// The arguments given to the worker.
    #[must_use]
    pub fn args(&self) -> &[String] {
        &self.arguments
    }

    /// Takes the descriptor given under this name.
    ///
    /// # Errors
    ///
    /// If none was given under this name, or it was taken already.
    pub fn descriptor(&mut self, name: &str) -> io::Result<OwnedFd> {
        let index = self.names.iter().position(|known| known.as_deref() == Some(name)).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, format!("the worker was given no descriptor `{name}`"))
        })?;
        self.names[index] = None;
        sys::take_descriptor(index)
    }
}

impl Worker {
    /// A worker that runs the function which [`serve`] knows under this name.
    pub fn new(function: impl Into<String>) -> Self {
        Self { function: function.into(), arguments: Vec::new(), names: Vec::new(), descriptors: Vec::new() }
    }

    /// Adds an argument. It is visible to other users of the machine, as arguments are.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Gives a descriptor under a name of its own, which must not be empty or contain a comma.
    pub fn give(mut self, name: impl Into<String>, descriptor: impl Into<OwnedFd>) -> Self {
        self.names.push(name.into());
        self.descriptors.push(descriptor.into());
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// If the program cannot be started again, or a name is not one.
    pub fn spawn(self) -> Result<Running, Error> {
        for (index, name) in self.names.iter().enumerate() {
            if name.is_empty() || name.contains(',') || self.names[..index].contains(name) {
                let message = format!("`{name}` cannot be the name of a descriptor");
                return Err(Error::new(ErrorKind::Worker, message)
                    .function(&self.function)
                    .help("give each descriptor a name of its own, without commas"));
            }
        }
        let mark = format!("{MARK}{}", self.function);
        let names = self.names.join(",");
        let mut arguments: Vec<&OsStr> = vec![mark.as_ref(), names.as_ref()];
        arguments.extend(self.arguments.iter().map(OsString::as_os_str));
        match sys::spawn(&arguments, &self.descriptors) {
            Ok(child) => Ok(Running { child, function: self.function }),
            Err(error) => Err(failed(&self.function, "cannot be started", &error)),
        }
    }

    /// Starts it and waits for its end.
    ///
    /// # Errors
    ///
    /// If it cannot be started or watched. That it failed is an [`Outcome`].
    pub fn run(self) -> Result<Outcome, Error> {
        self.spawn()?.wait()
    }
}

impl Running {
    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// If it cannot be watched.
    pub fn wait(mut self) -> Result<Outcome, Error> {
        self.child.wait().map(Outcome::from).map_err(|error| failed(&self.function, "cannot be waited for", &error))
    }

    /// Ends it at once (SIGKILL). It must still be waited for.
    ///
    /// # Errors
    ///
    /// If it cannot be ended.
    pub fn kill(&mut self) -> Result<(), Error> {
        self.child.kill().map_err(|error| failed(&self.function, "cannot be ended", &error))
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(sys::PANICKED), _) => Self::Panicked,
            (Some(code), _) => Self::Exited(code),
            (None, signal) => Self::Signalled(signal.unwrap_or(0)),
        }
    }
}

fn failed(function: &str, what: &str, error: &io::Error) -> Error {
    Error::system(what, error.raw_os_error().unwrap_or(0)).kind_is(ErrorKind::Worker).function(function)
}
