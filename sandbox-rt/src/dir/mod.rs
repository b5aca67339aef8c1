//! A directory as a resource: what lies beneath it, nothing above it.
//!
//! Every call is relative to the directory's descriptor and takes only flags that the declaration's filter grants:
//! openat(2), mkdirat(2), unlinkat(2), renameat2(2), linkat(2), symlinkat(2), getdents64(2) or getdirentries(2).

mod beneath;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};

pub use beneath::OpenBeneath;

use crate::sys;

/// Opens a directory in a declaration: `conf = dir("/etc/dhclient") => lookup + read`.
#[must_use = "a builder opens nothing until a declaration acquires it: `NAME = dir(…) => RIGHTS`"]
pub fn dir(path: impl AsRef<Path>) -> OpenDir {
    OpenDir { path: path.as_ref().to_owned() }
}

/// A directory to be opened; made by [`dir()`].
#[derive(Debug, Clone)]
#[must_use = "a builder opens nothing until a declaration acquires it: `NAME = dir(…) => RIGHTS`"]
pub struct OpenDir {
    path: PathBuf,
}

impl OpenDir {
    /// What is attempted, for messages.
    pub(crate) fn describe(&self) -> String {
        format!("open the directory {}", self.path.display())
    }

    pub(crate) fn open(self) -> io::Result<Dir> {
        Dir::open_path(self.path)
    }
}

/// An open directory. Paths given to its methods lead to what lies beneath it: absolute paths and `..` are refused.
///
/// Before entry a symbolic link can still lead out; in a confined process the kernel refuses that too.
#[derive(Debug)]
pub struct Dir {
    file: File,
}

impl Dir {
    /// Opens a directory by its path, before entry (openat(2), `O_DIRECTORY | O_RDONLY | O_CLOEXEC`).
    ///
    /// # Errors
    ///
    /// As openat(2); `ENOTDIR` if it is something else.
    pub fn open_path(path: impl AsRef<Path>) -> io::Result<Self> {
        let fd = rustix::fs::open(path.as_ref(), DIRECTORY, Mode::empty())?;
        Ok(Self { file: fd.into() })
    }

    /// Opens a file for reading; needs `lookup + read`.
    ///
    /// # Errors
    ///
    /// As openat(2), and `PermissionDenied` for a path that leads out.
    pub fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.file(path).read().open()
    }

    /// Opens a file for writing, created with this mode if it is missing and emptied if not; needs
    /// `lookup + create + write + ftruncate`.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`].
    pub fn create(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File> {
        self.file(path).write().create(mode).truncate().open()
    }

    /// Creates a file for writing; it is an error if something has its name. Needs `lookup + create + write`.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`]; `AlreadyExists`.
    pub fn create_new(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File> {
        self.file(path).write().create_new(mode).open()
    }

    /// Opens a file for writing at its end; needs `lookup + write`.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`].
    pub fn append(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.file(path).append().open()
    }

    /// A file to be opened in another way.
    pub fn file(&self, path: impl AsRef<Path>) -> OpenBeneath<'_> {
        OpenBeneath::new(self, path.as_ref().to_owned())
    }

    /// Opens a directory beneath; needs `lookup + read`.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`]; `NotADirectory`.
    pub fn open_dir(&self, path: impl AsRef<Path>) -> io::Result<Self> {
        let fd = rustix::fs::openat(&self.file, beneath(path.as_ref())?, DIRECTORY, Mode::empty())?;
        Ok(Self { file: fd.into() })
    }

    /// Metadata of the directory itself (fstat(2)); needs `fstat`.
    ///
    /// # Errors
    ///
    /// As fstat(2).
    pub fn dir_metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Metadata of what the path leads to: opens it for reading and asks the descriptor; needs `lookup + read + fstat`.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`] and fstat(2). What cannot be opened for reading (a socket, a file of another user) cannot be
    /// asked.
    pub fn metadata(&self, path: impl AsRef<Path>) -> io::Result<Metadata> {
        self.file(path).read().nonblocking().open()?.metadata()
    }

    /// The names in the directory, without `.` and `..`; needs `lookup + read`.
    ///
    /// # Errors
    ///
    /// As openat(2) of `.`, and as getdents64(2) for each name.
    pub fn entries(&self) -> io::Result<Entries> {
        let fd = rustix::fs::openat(&self.file, ".", DIRECTORY, Mode::empty())?;
        Ok(Entries { listing: sys::Listing::new(fd)? })
    }

    /// Makes a directory with this mode; needs `lookup + mkdirat`.
    ///
    /// # Errors
    ///
    /// As mkdirat(2).
    pub fn create_dir(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.file, beneath(path.as_ref())?, permissions(mode))?)
    }

    /// Removes a file; needs `lookup + unlinkat`.
    ///
    /// # Errors
    ///
    /// As unlinkat(2).
    pub fn remove_file(&self, path: impl AsRef<Path>) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.file, beneath(path.as_ref())?, AtFlags::empty())?)
    }

    /// Removes an empty directory; needs `lookup + unlinkat`.
    ///
    /// # Errors
    ///
    /// As unlinkat(2).
    pub fn remove_dir(&self, path: impl AsRef<Path>) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.file, beneath(path.as_ref())?, AtFlags::REMOVEDIR)?)
    }

    /// Renames `from` to `to` beneath the directory `target`, replacing what is there; needs
    /// `lookup + renameat_source` here and `lookup + renameat_target` there.
    ///
    /// # Errors
    ///
    /// As renameat(2).
    pub fn rename(&self, from: impl AsRef<Path>, target: &Self, to: impl AsRef<Path>) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.file, beneath(from.as_ref())?, &target.file, beneath(to.as_ref())?)?)
    }

    /// Gives the file `from` the further name `to` beneath `target`; needs `lookup + linkat_source` here and
    /// `lookup + linkat_target` there.
    ///
    /// # Errors
    ///
    /// As linkat(2).
    pub fn hard_link(&self, from: impl AsRef<Path>, target: &Self, to: impl AsRef<Path>) -> io::Result<()> {
        let (from, to) = (beneath(from.as_ref())?, beneath(to.as_ref())?);
        Ok(rustix::fs::linkat(&self.file, from, &target.file, to, AtFlags::empty())?)
    }

    /// Makes the symbolic link `path` with the text `target`; needs `lookup + symlinkat`.
    ///
    /// # Errors
    ///
    /// As symlinkat(2).
    pub fn symlink(&self, target: impl AsRef<Path>, path: impl AsRef<Path>) -> io::Result<()> {
        Ok(rustix::fs::symlinkat(target.as_ref(), &self.file, beneath(path.as_ref())?)?)
    }
}

impl AsFd for Dir {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl From<Dir> for OwnedFd {
    fn from(dir: Dir) -> Self {
        dir.file.into()
    }
}

/// The names in a directory; made by [`Dir::entries`].
#[derive(Debug)]
pub struct Entries {
    listing: sys::Listing,
}

impl Iterator for Entries {
    type Item = io::Result<OsString>;

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.listing.find(|name| !matches!(name.as_deref(), Ok(b"." | b"..")))?;
        Some(name.map(OsString::from_vec))
    }
}

/// How a directory is opened.
const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The permission bits of a mode; openat(2) and mkdirat(2) ignore the rest.
fn permissions(mode: u32) -> Mode {
    // `mode_t` has 16 bits on some systems; permissions have 12.
    Mode::from_bits_truncate((mode & 0o7777) as rustix::fs::RawMode)
}

/// The path, if every one of its components leads further down.
fn beneath(path: &Path) -> io::Result<&Path> {
    let leads_out = path.components().any(|component| match component {
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => true,
        Component::CurDir | Component::Normal(_) => false,
    });
    if leads_out {
        let message = format!("`{}` leads out of the directory", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    Ok(path)
}
