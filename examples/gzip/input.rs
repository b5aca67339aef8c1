//! Opening a file to read, and the files that are left alone.

use std::ffi::OsStr;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::cli::{Mode, Settings};
use crate::console::{Console, reason};
use crate::names;

const SET_USER_ID: u32 = 0o4000;
const SET_GROUP_ID: u32 = 0o2000;
const STICKY: u32 = 0o1000;

/// A file to work on.
#[derive(Debug)]
pub(crate) struct Input {
    /// The name under which it was found.
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    pub(crate) metadata: Metadata,
}

impl Input {
    /// Opens `path`, or says why not.
    pub(crate) fn open(path: &Path, settings: &Settings, console: &mut Console) -> Option<Self> {
        let found = find(path, settings).and_then(|(path, file)| {
            let metadata = file.metadata().map_err(|error| (path.clone(), error))?;
            Ok(Self { path, file, metadata })
        });
        let input = match found {
            Ok(input) => input,
            Err((path, error)) => {
                let colon = if path.as_os_str().is_empty() { "" } else { ": " };
                console.error(format_args!("{}{colon}{}", path.display(), reason(&error)));
                return None;
            }
        };
        match refusal(&input.metadata, settings) {
            None => Some(input),
            Some(why) => {
                console.warn(format_args!("{} {why}", input.path.display()));
                None
            }
        }
    }

    /// The name that the compressed file remembers.
    pub(crate) fn stored_name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

/// Opens the file itself, or, when decompressing, one whose name has a suffix more.
fn find(path: &Path, settings: &Settings) -> Result<(PathBuf, File), (PathBuf, io::Error)> {
    let missing = match open(path, settings) {
        Ok(file) => return Ok((path.to_owned(), file)),
        Err(error) => error,
    };
    let suffixed = names::suffix_of(path, &settings.suffix).is_some();
    let compressing = settings.mode == Mode::Compress;
    if missing.kind() != ErrorKind::NotFound || compressing || suffixed {
        return Err((path.to_owned(), missing));
    }
    let mut first = None;
    for candidate in names::candidates(path, &settings.suffix) {
        match open(&candidate, settings) {
            Ok(file) => return Ok((candidate, file)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                first.get_or_insert((candidate, error));
            }
            Err(error) => return Err((candidate, error)),
        }
    }
    Err(first.unwrap_or((path.to_owned(), missing)))
}

/// A file that is replaced must not be a symbolic link, and must not make the program wait; one that is only read may.
fn open(path: &Path, settings: &Settings) -> io::Result<File> {
    let mut flags = libc::O_NOCTTY;
    if !settings.stdout {
        flags |= libc::O_NONBLOCK;
        if !settings.force {
            flags |= libc::O_NOFOLLOW;
        }
    }
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Why a file of this kind is left alone.
fn refusal(metadata: &Metadata, settings: &Settings) -> Option<String> {
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Some("is a directory -- ignored".to_owned());
    }
    if settings.stdout {
        return None;
    }
    let mode = metadata.mode();
    let has = |bit: u32| mode & bit != 0;
    if !kind.is_file() {
        Some("is not a directory or a regular file - ignored".to_owned())
    } else if has(SET_USER_ID) {
        Some("is set-user-ID on execution - ignored".to_owned())
    } else if has(SET_GROUP_ID) {
        Some("is set-group-ID on execution - ignored".to_owned())
    } else if settings.force {
        None
    } else if has(STICKY) {
        Some("has the sticky bit set - file ignored".to_owned())
    } else {
        match metadata.nlink() - 1 {
            0 => None,
            1 => Some("has 1 other link -- file ignored".to_owned()),
            others => Some(format!("has {others} other links -- file ignored")),
        }
    }
}

/// Makes reads wait. A pipe that another program left non-blocking would fail where it should wait, and a worker
/// can neither poll nor change that.
pub(crate) fn make_blocking(file: &File) -> io::Result<()> {
    let flags = fcntl_getfl(file)?;
    if flags.contains(OFlags::NONBLOCK) {
        fcntl_setfl(file, flags - OFlags::NONBLOCK)?;
    }
    Ok(())
}

/// Seconds since 1970, where the file is one that has a time of its own.
pub(crate) fn seconds(metadata: &Metadata) -> Option<i64> {
    let kind = metadata.file_type();
    let timed = !(kind.is_fifo() || kind.is_socket() || kind.is_char_device());
    (timed && metadata.modified().is_ok_and(|time| time != UNIX_EPOCH)).then(|| metadata.mtime())
}
