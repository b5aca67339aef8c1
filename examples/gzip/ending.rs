//! How a worker's job ended, as its exit code tells it.

use std::process::ExitCode;

/// How a job ended. Whatever is to be said about it, the worker has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All went well.
    Fine,
    /// It failed, and nothing had been written.
    Failed,
    /// The data came through, with a warning.
    Warned,
    /// It failed behind data that had been written, or while writing.
    BrokenOff,
    /// Nobody reads the output any more.
    Unread,
}

impl Ending {
    const ALL: [Self; 5] = [Self::Fine, Self::Failed, Self::Warned, Self::BrokenOff, Self::Unread];

    /// Whether all of the data was worked on.
    pub(crate) fn came_through(self) -> bool {
        matches!(self, Self::Fine | Self::Warned)
    }

    fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Failed => 1,
            Self::Warned => 2,
            Self::BrokenOff => 3,
            Self::Unread => 4,
        }
    }

    /// What the exit code says; no job ends with any other.
    pub(crate) fn of_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| i32::from(ending.code()) == code)
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_code_says_which_ending() {
        for ending in Ending::ALL {
            assert_eq!(Ending::of_code(ending.code().into()), Some(ending));
        }
        for code in [5, 101, 125, 256, -1] {
            assert_eq!(Ending::of_code(code), None, "{code}");
        }
    }
}
