//! The file with the process number, which is also the lock that keeps a second client off the interface.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use crate::files;

/// The lock, held. Dropped, it removes the file.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    file: File,
}

impl PidFile {
    /// Takes the lock and writes the process number.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if another client has it; else what the system says.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        loop {
            let file = open(path)?;
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
                TryLockError::Error(error) => error,
            })?;
            // One that ended meanwhile took the name away, and another may have made the file anew.
            if is_there(path, &file)? {
                return Self::locked(path, file);
            }
        }
    }

    /// Ends the client that has the lock, if one has, and takes it.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(crate) fn take_over(path: &Path) -> io::Result<Self> {
        match Self::take(path) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return other,
        }
        let mut file = open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let other = text.trim().parse().ok().filter(|number| *number > 1).and_then(Pid::from_raw);
        let other = other.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it holds no process number"))?;
        kill_process(other, Signal::TERM)?;
        // It removes its file when it ends, and that is where the lock is.
        file.lock()?;
        drop(file);
        Self::take(path)
    }

    fn locked(path: &Path, mut file: File) -> io::Result<Self> {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { path: path.to_owned(), file })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // A file that stays says nothing: the lock does.
        let _ = files::remove(&self.path);
        let _ = self.file.unlock();
    }
}

/// Whether the name still is this file's.
fn is_there(path: &Path, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    match path.metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o644).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_has_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pid");
        let first = PidFile::take(&path).expect("it is free");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), format!("{}\n", std::process::id()));
        assert_eq!(PidFile::take(&path).expect_err("it is taken").kind(), io::ErrorKind::WouldBlock);
        drop(first);
        assert!(!path.exists());
        drop(PidFile::take_over(&path).expect("nobody has it"));
        // A file that has lost its name locks nobody out.
        let old = open(&path).expect("a file");
        std::fs::remove_file(&path).expect("it is there");
        assert!(!is_there(&path, &old).expect("it can be told"));
        let _new = open(&path).expect("a file");
        assert!(!is_there(&path, &old).expect("it can be told"));
    }
}
