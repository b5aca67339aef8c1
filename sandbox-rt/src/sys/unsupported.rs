//! Systems without a backend: every entry is an error that says so, and no body runs.

use sandbox_policy::vocabulary::{Enforcement, Row};

use super::{Entered, Progress, Request};
use crate::{Error, ErrorKind};

/// Nothing is refused here.
pub(crate) const DENIED: &[i32] = &[];

/// How exactly this system enforces a right.
pub(crate) fn enforcement(_row: &Row) -> Enforcement {
    Enforcement::Refused("this system has no backend")
}

/// C's streams are not used before an entry that always fails.
pub(crate) fn flush_c_streams() {}

pub(crate) fn enter(_request: &Request<'_>, _progress: &mut Progress) -> Result<Entered, Error> {
    Err(Error::new(ErrorKind::Unsupported, format!("there is no backend for {}", std::env::consts::OS))
        .help("leave the annotation out on this system: `#[cfg_attr(target_os = \"linux\", sandboxed(…))]`"))
}

/// Programs of these systems have no notes.
pub(crate) fn notes() -> Vec<Vec<u8>> {
    Vec::new()
}

/// There is nothing to say about an entry that never succeeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {}

impl Details {
    pub(crate) fn plan(&self) -> String {
        String::new()
    }

    pub(crate) fn filter(&self) -> Option<String> {
        None
    }
}
