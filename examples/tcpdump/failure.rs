//! What ends the program early, and what the user is told.

use std::fmt;
use std::io::{self, Write as _};

/// Why it could not go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A signal asked for the end. Nothing is wrong.
    Stopped,
    /// Standard output is a pipe that nobody reads any more.
    Unread,
    /// Anything else, as a line for the user.
    Told(String),
}

impl Failure {
    pub(crate) fn told(text: impl fmt::Display) -> Self {
        Self::Told(text.to_string())
    }

    /// An error while `what` was done.
    pub(crate) fn during(what: impl fmt::Display, error: &io::Error) -> Self {
        Self::Told(format!("{what}: {}", reason(error)))
    }

    /// An error of the output called `name`.
    pub(crate) fn writing(name: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::during(name, error),
        }
    }
}

/// Where confinement fails, nothing is read.
impl From<sandbox_rt::Error> for Failure {
    fn from(error: sandbox_rt::Error) -> Self {
        Self::told(error)
    }
}

/// Says something on standard error. Where that fails there is nobody left to tell.
pub(crate) fn tell(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The system's words for an error, without the number that Rust appends.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
