//! Why a command has no answer.

use std::fmt;
use std::io;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// In words, and what to do about it.
    Said {
        /// What is wrong: lower case, no full stop.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// The answer could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Said { message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Said { message, .. } => Self::Said { message, help: Some(help.into()) },
            Self::Output(_) => self,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said { message, help } => {
                f.write_str(message)?;
                match help {
                    Some(help) => write!(f, "\nhelp: {help}"),
                    None => Ok(()),
                }
            }
            Self::Output(error) => write!(f, "cannot write the answer: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}
