//! Files and directories.

use std::fs::{File, FileTimes, Metadata, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::narrow::marked;
use super::{Cap, operations};
use crate::dir::{Dir, Entries};
use crate::{Grants, right};

operations! {
    File {
        /// Reads some bytes at a position.
        pread => fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
        /// Reads exactly as much as fits, at a position.
        pread => fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()>;
        /// Writes some bytes at a position.
        pwrite => fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize>;
        /// Writes all bytes at a position.
        pwrite => fn write_all_at(&self, buf: &[u8], offset: u64) -> io::Result<()>;
        /// Makes contents and metadata durable.
        fsync => fn sync_all(&self) -> io::Result<()>;
        /// Makes the contents durable.
        fsync => fn sync_data(&self) -> io::Result<()>;
        /// Sets the size.
        ftruncate => fn set_len(&self, size: u64) -> io::Result<()>;
        /// Asks for the metadata.
        fstat => fn metadata(&self) -> io::Result<Metadata>;
        /// Sets the permissions.
        fchmod => fn set_permissions(&self, permissions: Permissions) -> io::Result<()>;
        /// Sets the times.
        futimes => fn set_times(&self, times: FileTimes) -> io::Result<()>;
        /// Locks it for itself alone.
        flock => fn lock(&self) -> io::Result<()>;
        /// Locks it together with other readers.
        flock => fn lock_shared(&self) -> io::Result<()>;
        /// Locks it for itself alone if that is possible at once.
        flock => fn try_lock(&self) -> Result<(), TryLockError>;
        /// Locks it together with other readers if that is possible at once.
        flock => fn try_lock_shared(&self) -> Result<(), TryLockError>;
        /// Unlocks it.
        flock => fn unlock(&self) -> io::Result<()>;
    }
    Dir {
        /// Opens a file for reading.
        lookup | read => fn open(&self, path: impl AsRef<Path>) -> io::Result<File>;
        /// Opens a file for writing, created if it is missing and emptied if not.
        lookup | create | write | ftruncate => fn create(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File>;
        /// Creates a file for writing.
        lookup | create | write => fn create_new(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File>;
        /// Opens a file for writing at its end.
        lookup | write => fn append(&self, path: impl AsRef<Path>) -> io::Result<File>;
        /// Opens a directory beneath.
        lookup | read => fn open_dir(&self, path: impl AsRef<Path>) -> io::Result<Dir>;
        /// Metadata of what the path leads to.
        lookup | read | fstat => fn metadata(&self, path: impl AsRef<Path>) -> io::Result<Metadata>;
        /// Metadata of the directory itself.
        fstat => fn dir_metadata(&self) -> io::Result<Metadata>;
        /// The names in the directory.
        lookup | read => fn entries(&self) -> io::Result<Entries>;
        /// Makes a directory.
        lookup | mkdirat => fn create_dir(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<()>;
        /// Removes a file.
        lookup | unlinkat => fn remove_file(&self, path: impl AsRef<Path>) -> io::Result<()>;
        /// Removes an empty directory.
        lookup | unlinkat => fn remove_dir(&self, path: impl AsRef<Path>) -> io::Result<()>;
        /// Makes a symbolic link.
        lookup | symlinkat => fn symlink(&self, target: impl AsRef<Path>, path: impl AsRef<Path>) -> io::Result<()>;
    }
}

impl<P> Cap<File, P> {
    /// Another handle to the same open file.
    ///
    /// # Errors
    ///
    /// As [`File::try_clone`].
    pub fn try_clone(&self) -> io::Result<Self>
    where
        P: Grants<right::dup>,
    {
        self.inner.try_clone().map(marked)
    }
}

impl<P> Cap<Dir, P> {
    /// Renames what lies beneath it to a name beneath `target`.
    ///
    /// # Errors
    ///
    /// As [`Dir::rename`].
    pub fn rename<Q>(&self, from: impl AsRef<Path>, target: &Cap<Dir, Q>, to: impl AsRef<Path>) -> io::Result<()>
    where
        P: Grants<right::lookup> + Grants<right::renameat_source>,
        Q: Grants<right::lookup> + Grants<right::renameat_target>,
    {
        self.inner.rename(from, &target.inner, to)
    }

    /// Gives a file beneath it a further name beneath `target`.
    ///
    /// # Errors
    ///
    /// As [`Dir::hard_link`].
    pub fn hard_link<Q>(&self, from: impl AsRef<Path>, target: &Cap<Dir, Q>, to: impl AsRef<Path>) -> io::Result<()>
    where
        P: Grants<right::lookup> + Grants<right::linkat_source>,
        Q: Grants<right::lookup> + Grants<right::linkat_target>,
    {
        self.inner.hard_link(from, &target.inner, to)
    }
}
