//! A file that appears complete or not at all.
//!
//! The data goes to a temporary file in the same folder, which takes the final name in one step: by a link that
//! fails where the name is taken, or, if the user wants that, by a rename that replaces what has it.

use std::fs::{File, FileTimes, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::{Builder, NamedTempFile};

/// Permission bits that are handed on: never the ones that give the file's identity to who runs it.
const PERMISSIONS: u32 = 0o777;

/// A file that does not have its name yet. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Pending {
    temporary: NamedTempFile,
    folder: PathBuf,
}

impl Pending {
    /// Begins a file that is going to lie beside `target`.
    pub(crate) fn beside(target: &Path) -> io::Result<Self> {
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let temporary = Builder::new().prefix(".gzip-").tempfile_in(&folder)?;
        Ok(Self { temporary, folder })
    }

    /// A descriptor to write to.
    pub(crate) fn descriptor(&self) -> io::Result<OwnedFd> {
        Ok(self.temporary.as_file().try_clone()?.into())
    }

    /// Gives it the owner, mode and access time of the file it comes from, and `modified`.
    pub(crate) fn resemble(&self, source: &Metadata, modified: SystemTime) -> io::Result<()> {
        let file = self.temporary.as_file();
        // The group before the mode, and the owner last, so that nobody has more than he had in between. Only a
        // privileged user can give a file away; for others it stays theirs.
        let _ = fchown(file, None, Some(source.gid()));
        file.set_permissions(Permissions::from_mode(source.mode() & PERMISSIONS))?;
        let _ = fchown(file, Some(source.uid()), None);
        file.set_times(FileTimes::new().set_accessed(source.accessed()?).set_modified(modified))
    }

    /// Gives it its name, and with `synchronous` returns when that is on the disk.
    pub(crate) fn publish(self, target: &Path, replace: bool, synchronous: bool) -> io::Result<()> {
        let Self { temporary, folder } = self;
        if synchronous {
            temporary.as_file().sync_all()?;
        }
        let named = if replace { temporary.persist(target) } else { temporary.persist_noclobber(target) };
        named.map_err(|failed| failed.error)?;
        if synchronous {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// What lies where the output is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Free,
    Taken,
    /// By the input itself.
    Same,
}

/// Looks at the place. A link counts as itself, not as what it points to.
pub(crate) fn place(target: &Path, source: &Metadata) -> io::Result<Place> {
    match target.symlink_metadata() {
        Ok(there) if (there.dev(), there.ino()) == (source.dev(), source.ino()) => Ok(Place::Same),
        Ok(_) => Ok(Place::Taken),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Place::Free),
        Err(error) => Err(error),
    }
}
