//! A case's own folder. The runner makes it and removes it, because a confined process cannot.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Where the runner tells the case its folder.
pub(crate) const VARIABLE: &str = "SANDBOX_TEST_SCRATCH";

/// The folder, as the runner has it.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("sandbox-test-").tempdir().map(Self)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The folder of the running case: empty at its start, and removed after its end.
///
/// # Panics
///
/// Outside a case, or in a case that was started by hand without the runner's environment.
#[must_use]
pub fn folder() -> PathBuf {
    let folder = std::env::var_os(VARIABLE);
    PathBuf::from(folder.unwrap_or_else(|| panic!("the runner gives each case its folder in {VARIABLE}")))
}

/// A path in the case's folder.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    folder().join(name)
}

/// Makes a file in the case's folder, and gives its path.
///
/// # Panics
///
/// If the file cannot be written.
#[must_use]
pub fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = path(name);
    std::fs::write(&path, content).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    path
}
