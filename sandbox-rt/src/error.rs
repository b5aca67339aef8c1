//! Why entry failed.

use std::fmt;
use std::io;

/// Why a program could not be confined. The confined body has not run.
///
/// [`kind`](Self::kind) says what went wrong; [`in_force`](Self::in_force) says whether the process is still as it
/// was, or partly confined for the rest of its life.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    function: Option<String>,
    resource: Option<String>,
    message: String,
    errno: Option<i32>,
    help: Option<String>,
    in_force: Vec<&'static str>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A resource could not be acquired (a file could not be opened …).
    Acquire,
    /// A right, or a list of rights, is not well formed.
    Rights,
    /// The declaration does not fit the object: a file open only for reading declared with `write` …
    Mismatch,
    /// The declaration asks for what this system cannot enforce.
    Unenforceable,
    /// Something about the process is shared, so that confining it would not hold: threads, memory, io_uring.
    Shared,
    /// The kernel lacks a mechanism that must hold, or an outer sandbox refuses it.
    Unsupported,
    /// A system call of entry failed.
    System,
    /// A mechanism was put in place, and a test shows that it does not hold.
    Unverified,
    /// The process is confined already, or an earlier entry failed halfway.
    Confined,
    /// A worker could not be started or watched.
    Worker,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            function: None,
            resource: None,
            message: message.into(),
            errno: None,
            help: None,
            in_force: Vec::new(),
        }))
    }

    /// A resource could not be acquired.
    pub(crate) fn acquire(resource: &str, operation: impl Into<String>, source: &io::Error) -> Self {
        let mut error = Self::new(ErrorKind::Acquire, format!("{}: {source}", operation.into())).resource(resource);
        error.0.errno = source.raw_os_error();
        error
    }

    /// A system call of entry failed.
    pub(crate) fn system(operation: impl Into<String>, errno: i32) -> Self {
        let mut error = Self::new(ErrorKind::System, operation);
        error.0.errno = Some(errno);
        error
    }

    pub(crate) fn kind_is(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn function(mut self, function: &str) -> Self {
        self.0.function.get_or_insert_with(|| function.to_owned());
        self
    }

    pub(crate) fn resource(mut self, resource: &str) -> Self {
        self.0.resource = Some(resource.to_owned());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    pub(crate) fn with_in_force(mut self, in_force: &[&'static str]) -> Self {
        self.0.in_force = in_force.to_vec();
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The resource of the declaration that it is about, if it is about one.
    #[must_use]
    pub fn resource_name(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// The operation that failed, or what was found wrong, in words.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.message
    }

    /// The errno of the system call that failed, if one did.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.0.errno
    }

    /// What to do about it.
    #[must_use]
    pub fn help_line(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The mechanisms that hold for the rest of the process's life, although entry failed. Empty: the process is as it
    /// was.
    #[must_use]
    pub fn in_force(&self) -> &[&'static str] {
        &self.0.in_force
    }

    /// Whether entry failed after its first irreversible step.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.0.in_force.is_empty()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, function, resource, message, errno, help, in_force } = &*self.0;
        match (kind, function) {
            (ErrorKind::Worker, Some(function)) => write!(f, "worker `{function}`: ")?,
            (_, Some(function)) => write!(f, "cannot confine `{function}`: ")?,
            (_, None) => write!(f, "cannot confine the process: ")?,
        }
        if let Some(resource) = resource {
            write!(f, "`{resource}`: ")?;
        }
        f.write_str(message)?;
        // An acquisition's message ends in the text of its io::Error already.
        if let Some(errno) = errno.filter(|_| *kind != ErrorKind::Acquire) {
            write!(f, ": {}", io::Error::from_raw_os_error(errno))?;
        }
        if !in_force.is_empty() {
            write!(f, "\nnote: the process stays partly confined: {}", in_force.join(", "))?;
        }
        if let Some(help) = help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = error.raw_os_error().map_or(io::ErrorKind::Other, |errno| Self::from_raw_os_error(errno).kind());
        Self::new(kind, error)
    }
}
