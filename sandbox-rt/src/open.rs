//! `open(path)`: a file that the declaration opens, for reading or writing as its rights say.

use std::fs::{File, OpenOptions};
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sandbox_policy::vocabulary::Access;

/// Opens a file in a declaration: `input = open(&path) => read + seek`.
///
/// The access mode follows from the rights: `read` opens for reading, `write` for writing, both for both.
#[must_use = "a builder opens nothing until a declaration acquires it: `NAME = open(…) => RIGHTS`"]
pub fn open(path: impl AsRef<Path>) -> Open {
    Open { path: path.as_ref().to_owned(), options: Options::default(), writes: PhantomData }
}

/// A file to be opened; made by [`open`].
///
/// `C` says whether what was asked for needs `write`, so that a declaration without it does not compile.
#[derive(Debug, Clone)]
#[must_use = "a builder opens nothing until a declaration acquires it: `NAME = open(…) => RIGHTS`"]
pub struct Open<C = Existing> {
    path: PathBuf,
    options: Options,
    writes: PhantomData<C>,
}

/// The file is there and is left as it is.
#[derive(Debug, Clone, Copy)]
pub enum Existing {}

/// The file is created, appended to or truncated.
#[derive(Debug, Clone, Copy)]
pub enum Writing {}

#[derive(Debug, Clone, Default)]
struct Options {
    creation: Creation,
    append: bool,
    truncate: bool,
    std: bool,
}

/// Whether the file is created, and with which mode.
#[derive(Debug, Clone, Copy, Default)]
enum Creation {
    #[default]
    Never,
    IfMissing(u32),
    Always(u32),
}

impl<C> Open<C> {
    /// Creates the file with this mode (less the umask) if it is missing.
    pub fn create(self, mode: u32) -> Open<Writing> {
        self.changed(|options| options.creation = Creation::IfMissing(mode))
    }

    /// Creates the file with this mode (less the umask); it is an error if something has its name already.
    pub fn create_new(self, mode: u32) -> Open<Writing> {
        self.changed(|options| options.creation = Creation::Always(mode))
    }

    /// Each write goes to the end of the file.
    pub fn append(self) -> Open<Writing> {
        self.changed(|options| options.append = true)
    }

    /// Empties the file while opening it.
    pub fn truncate(self) -> Open<Writing> {
        self.changed(|options| options.truncate = true)
    }

    /// If the path equals `word`, by custom `-`, takes a copy of standard input (or of standard output, if the rights
    /// say `write`) instead.
    pub fn or_std(mut self, word: impl AsRef<Path>) -> Self {
        self.options.std = self.path == word.as_ref();
        self
    }

    fn changed(mut self, change: impl FnOnce(&mut Options)) -> Open<Writing> {
        change(&mut self.options);
        Open { path: self.path, options: self.options, writes: PhantomData }
    }

    /// What is attempted, for messages.
    pub(crate) fn describe(&self) -> String {
        format!("open {}", self.path.display())
    }

    /// Opens it (openat(2) with `O_CLOEXEC`, or a copy by fcntl(2) `F_DUPFD_CLOEXEC`).
    pub(crate) fn with(self, access: Access) -> io::Result<File> {
        let Self { path, options: Options { creation, append, truncate, std }, writes: _ } = self;
        let Access { read, write } = access;
        if std {
            return match (read, write) {
                (true, true) => {
                    Err(io::Error::new(io::ErrorKind::InvalidInput, "a standard stream is read or written, not both"))
                }
                (_, true) => Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
                (_, false) => Ok(io::stdin().as_fd().try_clone_to_owned()?.into()),
            };
        }
        let mut options = OpenOptions::new();
        options.read(read).write(write && !append).append(append).truncate(truncate);
        match creation {
            Creation::Never => {}
            Creation::IfMissing(mode) => {
                options.create(true).mode(mode);
            }
            Creation::Always(mode) => {
                options.create_new(true).mode(mode);
            }
        }
        options.open(path)
    }
}
