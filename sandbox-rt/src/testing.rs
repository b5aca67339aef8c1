//! Testing annotated functions.
//!
//! Confinement holds for the rest of a process's life, and a test harness has several threads: an annotated function
//! cannot be called from a `#[test]` directly. [`confined`] runs it in a child process with one thread.
//!
//! The child is a fork: it has the test's memory as it was, and only the thread that called. A lock that another thread
//! held at that moment (the allocator's excepted) stays locked there, so keep the closure to what the test is about.
//! What it prints to standard output may be captured by the harness and lost; standard error comes back.

use std::convert::Infallible;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::sys::{self, Ended};

/// How a confined closure ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the closure's failure is in here"]
pub struct Outcome {
    /// How its process ended.
    pub end: End,
    /// What it wrote to standard error: refusals that were explained, panics, the error that it returned.
    pub stderr: String,
}

/// How the process of a confined closure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned; errors give 1, as from `main`.
    Returned(i32),
    /// It panicked.
    Panicked,
    /// A signal ended it: 31 (SIGSYS) on Linux and 5 (SIGTRAP) on FreeBSD are the end of `on_violation = kill`.
    Signalled(i32),
}

impl Outcome {
    /// Whether the closure returned success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.end == End::Returned(0)
    }

    /// Asserts that the closure returned success.
    ///
    /// # Panics
    ///
    /// If it did not, with what the child wrote to standard error.
    #[track_caller]
    pub fn assert_success(&self) {
        assert!(self.is_success(), "the confined closure failed: {self}");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            End::Returned(status) => write!(f, "returned status {status}")?,
            End::Panicked => f.write_str("panicked")?,
            End::Signalled(signal) => write!(f, "was ended by signal {signal}")?,
        }
        if !self.stderr.is_empty() {
            write!(f, "; its stderr:\n{}", self.stderr)?;
        }
        Ok(())
    }
}

/// What a closure for [`confined`] may return: what a `main` may.
///
/// Not [`Termination`](std::process::Termination): that one prints errors where a test harness captures them, and what
/// is captured in a child process is lost.
pub trait Ending {
    /// The status of the process that ends so; an error is printed to its standard error.
    fn status(self) -> i32;
}

impl Ending for () {
    fn status(self) -> i32 {
        0
    }
}

impl Ending for ExitCode {
    fn status(self) -> i32 {
        i32::from(self != Self::SUCCESS)
    }
}

impl Ending for Infallible {
    fn status(self) -> i32 {
        match self {}
    }
}

impl Ending for never::Never {
    fn status(self) -> i32 {
        self
    }
}

impl<T: Ending, E: fmt::Debug> Ending for Result<T, E> {
    fn status(self) -> i32 {
        match self {
            Ok(value) => value.status(),
            Err(error) => {
                // Where standard error cannot be written the status still tells.
                let _ = writeln!(io::stderr(), "Error: {error:?}");
                1
            }
        }
    }
}

/// The type `!`, which stable Rust names only as what a function returns.
mod never {
    pub trait Function {
        type Output;
    }

    impl<T> Function for fn() -> T {
        type Output = T;
    }

    pub(super) type Never = <fn() -> ! as Function>::Output;
}

/// Runs `body` in a child process with one thread, in which annotated functions can be called.
///
/// `body` returns what a `main` can return; an error is printed to the child's standard error.
///
/// ```
/// use sandbox_rt::testing::confined;
///
/// let outcome = confined(|| -> std::io::Result<()> {
///     sandbox_rt::Sandbox::new("test").enter()?;
///     let refused = std::fs::File::open("/etc/passwd").unwrap_err();
///     assert!(sandbox_rt::is_denied(&refused));
///     Ok(())
/// });
/// outcome.assert_success();
/// ```
///
/// # Panics
///
/// If no child process can be made.
pub fn confined<T: Ending>(body: impl FnOnce() -> T) -> Outcome {
    let run = || body().status();
    let (ended, stderr) =
        sys::fork_and_run(run).unwrap_or_else(|error| panic!("cannot start a child process: {error}"));
    let end = match ended {
        Ended::Exited(sys::PANICKED) => End::Panicked,
        Ended::Exited(status) => End::Returned(status),
        Ended::Signalled(signal) => End::Signalled(signal),
    };
    Outcome { end, stderr: String::from_utf8_lossy(&stderr).into_owned() }
}
