//! A file that appears complete or not at all.
//!
//! The data goes to a file in the same folder that has no name (`O_TMPFILE`), so that it is gone whatever ends the
//! program. Where the system or the file system has no such files (FreeBSD, NFS), it has a temporary name that a kill
//! leaves behind. It takes the final name in one step: by a link that fails where the name is taken, or, if the user
//! wants that, by a rename that replaces what has it.

use std::fs::{File, FileTimes, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, linkat};
use tempfile::{Builder, NamedTempFile, TempPath};

/// What temporary names begin with.
const TEMPORARY: &str = ".gzip-";

/// Permission bits that are handed on: never the ones that give the file's identity to who runs it.
const PERMISSIONS: u32 = 0o777;

/// A file that does not have its name yet. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Pending {
    file: File,
    /// The name that it has meanwhile, if it needs one.
    temporary: Option<TempPath>,
    folder: PathBuf,
}

impl Pending {
    /// Begins a file that is going to lie beside `target`.
    pub(crate) fn beside(target: &Path) -> io::Result<Self> {
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        // Whatever stands against it, the second attempt tells what stands against any file there.
        Self::without_name(&folder).or_else(|_| Self::with_name(&folder))
    }

    #[cfg(target_os = "linux")]
    fn without_name(folder: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, open};
        let file = open(folder, OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)?;
        Ok(Self { file: file.into(), temporary: None, folder: folder.to_owned() })
    }

    #[cfg(not(target_os = "linux"))]
    fn without_name(_folder: &Path) -> io::Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }

    fn with_name(folder: &Path) -> io::Result<Self> {
        let (file, temporary) = Builder::new().prefix(TEMPORARY).tempfile_in(folder)?.into_parts();
        Ok(Self { file, temporary: Some(temporary), folder: folder.to_owned() })
    }

    /// A descriptor to write to.
    pub(crate) fn descriptor(&self) -> io::Result<OwnedFd> {
        Ok(self.file.try_clone()?.into())
    }

    /// Gives it the owner, mode and access time of the file it comes from, and `modified`.
    pub(crate) fn resemble(&self, source: &Metadata, modified: SystemTime) -> io::Result<()> {
        let file = &self.file;
        // The group before the mode, and the owner last, so that nobody has more than he had in between. Only a
        // privileged user can give a file away; for others it stays theirs.
        let _ = fchown(file, None, Some(source.gid()));
        file.set_permissions(Permissions::from_mode(source.mode() & PERMISSIONS))?;
        let _ = fchown(file, Some(source.uid()), None);
        file.set_times(FileTimes::new().set_accessed(source.accessed()?).set_modified(modified))
    }

    /// Gives it its name, and with `synchronous` returns when that is on the disk.
    pub(crate) fn publish(self, target: &Path, replace: bool, synchronous: bool) -> io::Result<()> {
        let Self { file, temporary, folder } = self;
        if synchronous {
            file.sync_all()?;
        }
        match temporary {
            Some(temporary) => take(temporary, target, replace)?,
            None => match link(&file, target) {
                // A link replaces nothing, so that the file has another name for a moment.
                Err(error) if replace && error.kind() == ErrorKind::AlreadyExists => {
                    let linked: NamedTempFile<()> =
                        Builder::new().prefix(TEMPORARY).make_in(&folder, |path| link(&file, path))?;
                    take(linked.into_temp_path(), target, replace)?;
                }
                linked => linked?,
            },
        }
        if synchronous {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// Gives a file without a name this one. The link of the descriptor is followed to the file itself.
fn link(file: &File, target: &Path) -> io::Result<()> {
    let own = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, own, CWD, target, AtFlags::SYMLINK_FOLLOW)?)
}

/// Gives a file this name instead of its temporary one.
fn take(temporary: TempPath, target: &Path, replace: bool) -> io::Result<()> {
    let taken = if replace { temporary.persist(target) } else { temporary.persist_noclobber(target) };
    taken.map_err(|failed| failed.error)
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    type Begin = fn(&Path) -> io::Result<Pending>;

    /// The ways in which a file begins, and whether it can be seen meanwhile.
    fn ways() -> Vec<(Begin, bool)> {
        let unnamed = (Pending::without_name as Begin, false);
        let named = (Pending::with_name as Begin, true);
        if cfg!(target_os = "linux") { vec![unnamed, named] } else { vec![named] }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it is there");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_there_with_its_name_or_not_at_all() {
        for (begin, seen) in ways() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let target = folder.path().join("target");
            let pending = begin(folder.path()).expect("the folder takes files");
            assert_eq!(names(folder.path()).len(), usize::from(seen));
            drop(pending);
            assert_eq!(names(folder.path()), [] as [&str; 0]);

            let pending = begin(folder.path()).expect("the folder takes files");
            File::from(pending.descriptor().expect("a copy")).write_all(b"new").expect("room");
            pending.publish(&target, false, true).expect("the name is free");
            assert_eq!(names(folder.path()), ["target"]);
            assert_eq!(fs::read(&target).expect("it is there"), b"new");
        }
    }

    #[test]
    fn a_taken_name_is_replaced_only_on_request() {
        for (begin, _) in ways() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let target = folder.path().join("target");
            fs::write(&target, "old").expect("a file");
            let pending = begin(folder.path()).expect("the folder takes files");
            let error = pending.publish(&target, false, false).expect_err("the name is taken");
            assert_eq!(error.kind(), ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&target).expect("it is there"), b"old");

            begin(folder.path())
                .expect("the folder takes files")
                .publish(&target, true, false)
                .expect("it is replaced");
            assert_eq!(fs::read(&target).expect("it is there"), b"");
            assert_eq!(names(folder.path()), ["target"]);
        }
    }
}
