//! A file beneath a directory, to be opened.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::fs::OFlags;

use super::{Dir, beneath, permissions};

/// A file beneath a [`Dir`], to be opened; made by [`Dir::file`].
#[derive(Debug, Clone)]
#[must_use = "nothing is opened before `.open()`"]
pub struct OpenBeneath<'a> {
    dir: &'a Dir,
    path: PathBuf,
    read: bool,
    flags: OFlags,
    mode: u32,
}

impl<'a> OpenBeneath<'a> {
    pub(super) fn new(dir: &'a Dir, path: PathBuf) -> Self {
        Self { dir, path, read: false, flags: OFlags::empty(), mode: 0 }
    }
}

impl OpenBeneath<'_> {
    /// For reading.
    pub fn read(mut self) -> Self {
        self.read = true;
        self
    }

    /// For writing.
    pub fn write(self) -> Self {
        self.with(OFlags::WRONLY)
    }

    /// For writing at its end.
    pub fn append(self) -> Self {
        self.with(OFlags::WRONLY | OFlags::APPEND)
    }

    /// Created with this mode (less the umask) if it is missing.
    pub fn create(mut self, mode: u32) -> Self {
        self.mode = mode;
        self.with(OFlags::CREATE)
    }

    /// Created with this mode (less the umask); it is an error if something has its name.
    pub fn create_new(mut self, mode: u32) -> Self {
        self.mode = mode;
        self.with(OFlags::CREATE | OFlags::EXCL)
    }

    /// Emptied while it is opened.
    pub fn truncate(self) -> Self {
        self.with(OFlags::TRUNC)
    }

    /// Each write waits until it is durable.
    pub fn sync(self) -> Self {
        self.with(OFlags::SYNC)
    }

    /// A symbolic link is an error and not followed.
    pub fn no_follow(self) -> Self {
        self.with(OFlags::NOFOLLOW)
    }

    /// Without waiting for the other end of a FIFO.
    pub fn nonblocking(self) -> Self {
        self.with(OFlags::NONBLOCK)
    }

    /// Opens it (openat(2), with `O_CLOEXEC | O_NOCTTY` added).
    ///
    /// # Errors
    ///
    /// As openat(2); `PermissionDenied` for a path that leads out; `InvalidInput` if neither reading nor writing was
    /// asked for.
    pub fn open(self) -> io::Result<File> {
        let Self { dir, path, read, mut flags, mode } = self;
        match (read, flags.contains(OFlags::WRONLY)) {
            (true, true) => {
                flags.remove(OFlags::WRONLY);
                flags.insert(OFlags::RDWR);
            }
            (_, true) | (true, false) => {}
            (false, false) => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "neither `read` nor `write` was asked for"));
            }
        }
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(rustix::fs::openat(&dir.file, beneath(&path)?, flags, permissions(mode))?.into())
    }

    fn with(mut self, flags: OFlags) -> Self {
        self.flags |= flags;
        self
    }
}
