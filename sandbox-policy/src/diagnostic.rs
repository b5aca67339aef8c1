//! What is wrong with a declaration: shared by the macro, the builder and the tools.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable identifier (`unknown-right`).
    pub id: &'static str,
    /// Which right of the list is wrong, counted from 0.
    pub place: usize,
    /// What is wrong: lower case, no full stop, the rejected thing in backticks.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
