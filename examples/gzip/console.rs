//! What the user reads, and the exit code that follows from it.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How it went so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Fine,
    Warned,
    Failed,
}

/// Standard error, with the program's name in front of each line.
#[derive(Debug)]
pub(crate) struct Console {
    program: String,
    quiet: bool,
    status: Status,
}

impl Console {
    pub(crate) fn new(program: String) -> Self {
        Self { program, quiet: false, status: Status::Fine }
    }

    /// Keeps warnings back from here on. They count all the same.
    pub(crate) fn set_quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
    }

    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// An error: exit code 1.
    pub(crate) fn error(&mut self, text: impl Display) {
        self.status = Status::Failed;
        self.line(text);
    }

    /// Exit code 1 without a word.
    pub(crate) fn failed(&mut self) {
        self.status = Status::Failed;
    }

    /// A warning: exit code 2, unless there is an error too.
    pub(crate) fn warn(&mut self, text: impl Display) {
        self.warned();
        if !self.quiet {
            self.line(text);
        }
    }

    /// What counts as a warning, but is said even to those who want none.
    pub(crate) fn warned(&mut self) {
        if self.status == Status::Fine {
            self.status = Status::Warned;
        }
    }

    /// A line that does not count.
    pub(crate) fn line(&self, text: impl Display) {
        self.say(format_args!("{}: {text}\n", self.program));
    }

    /// Ends the line that `-v` began. GNU gzip does so before each complaint about data, begun or not.
    pub(crate) fn fresh_line(&self) {
        self.say("\n");
    }

    /// Text as it is. Where standard error fails there is nobody left to tell.
    #[expect(clippy::unused_self, reason = "a console that is silent holds no borrow of one that speaks")]
    pub(crate) fn say(&self, text: impl Display) {
        let _ = write!(io::stderr(), "{text}");
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.status {
            Status::Fine => 0,
            Status::Failed => 1,
            Status::Warned => 2,
        })
    }
}

/// The system's words for an error, without the number that Rust appends, and the temporary file's name after it, which
/// means nothing to the user.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
