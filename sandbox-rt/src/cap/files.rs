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
        fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> where [Grants<right::pread>];
        /// Reads exactly as much as fits, at a position.
        fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> where [Grants<right::pread>];
        /// Writes some bytes at a position.
        fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> where [Grants<right::pwrite>];
        /// Writes all bytes at a position.
        fn write_all_at(&self, buf: &[u8], offset: u64) -> io::Result<()> where [Grants<right::pwrite>];
        /// Makes contents and metadata durable.
        fn sync_all(&self) -> io::Result<()> where [Grants<right::fsync>];
        /// Makes the contents durable.
        fn sync_data(&self) -> io::Result<()> where [Grants<right::fsync>];
        /// Sets the size.
        fn set_len(&self, size: u64) -> io::Result<()> where [Grants<right::ftruncate>];
        /// Asks for the metadata.
        fn metadata(&self) -> io::Result<Metadata> where [Grants<right::fstat>];
        /// Sets the permissions.
        fn set_permissions(&self, permissions: Permissions) -> io::Result<()> where [Grants<right::fchmod>];
        /// Sets the times.
        fn set_times(&self, times: FileTimes) -> io::Result<()> where [Grants<right::futimes>];
        /// Locks it for itself alone.
        fn lock(&self) -> io::Result<()> where [Grants<right::flock>];
        /// Locks it together with other readers.
        fn lock_shared(&self) -> io::Result<()> where [Grants<right::flock>];
        /// Locks it for itself alone if that is possible at once.
        fn try_lock(&self) -> Result<(), TryLockError> where [Grants<right::flock>];
        /// Locks it together with other readers if that is possible at once.
        fn try_lock_shared(&self) -> Result<(), TryLockError> where [Grants<right::flock>];
        /// Unlocks it.
        fn unlock(&self) -> io::Result<()> where [Grants<right::flock>];
    }
    Dir {
        /// Opens a file for reading.
        fn open(&self, path: impl AsRef<Path>) -> io::Result<File> where [Grants<right::lookup> + Grants<right::read>];
        /// Opens a file for writing, created if it is missing and emptied if not.
        fn create(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File> where [Grants<right::lookup> + Grants<right::create> + Grants<right::write> + Grants<right::ftruncate>];
        /// Creates a file for writing.
        fn create_new(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<File> where [Grants<right::lookup> + Grants<right::create> + Grants<right::write>];
        /// Opens a file for writing at its end.
        fn append(&self, path: impl AsRef<Path>) -> io::Result<File> where [Grants<right::lookup> + Grants<right::write>];
        /// Opens a directory beneath.
        fn open_dir(&self, path: impl AsRef<Path>) -> io::Result<Dir> where [Grants<right::lookup> + Grants<right::read>];
        /// Metadata of what the path leads to.
        fn metadata(&self, path: impl AsRef<Path>) -> io::Result<Metadata> where [Grants<right::lookup> + Grants<right::read> + Grants<right::fstat>];
        /// Metadata of the directory itself.
        fn dir_metadata(&self) -> io::Result<Metadata> where [Grants<right::fstat>];
        /// The names in the directory.
        fn entries(&self) -> io::Result<Entries> where [Grants<right::lookup> + Grants<right::read>];
        /// Makes a directory.
        fn create_dir(&self, path: impl AsRef<Path>, mode: u32) -> io::Result<()> where [Grants<right::lookup> + Grants<right::mkdirat>];
        /// Removes a file.
        fn remove_file(&self, path: impl AsRef<Path>) -> io::Result<()> where [Grants<right::lookup> + Grants<right::unlinkat>];
        /// Removes an empty directory.
        fn remove_dir(&self, path: impl AsRef<Path>) -> io::Result<()> where [Grants<right::lookup> + Grants<right::unlinkat>];
        /// Makes a symbolic link.
        fn symlink(&self, target: impl AsRef<Path>, path: impl AsRef<Path>) -> io::Result<()> where [Grants<right::lookup> + Grants<right::symlinkat>];
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
