//! What `/proc/self` tells (proc(5)): it must be procfs, and what it tells must make sense.

use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags, RawDir};
use rustix::path::DecInt;

use super::{checked, pretended, stat};
use crate::{Error, ErrorKind};

/// `PROC_SUPER_MAGIC` (statfs(2)).
pub(super) const MAGIC: i64 = 0x9fa0;

/// How much is read at once: a kernel page, the most that procfs gives in one call.
const PAGE: usize = 4096;
/// Most links are shorter; for others the buffer grows.
const LINK: usize = 256;

/// A directory of `/proc/self` whose names are numbers: tasks, descriptors.
pub(super) struct Listing {
    path: &'static str,
    directory: OwnedFd,
}

impl Listing {
    /// Opens the directory.
    pub(super) fn open(path: &'static str) -> Result<Self, Error> {
        let unlisted = |error: rustix::io::Errno| unavailable(&format!("list {path}"), error.raw_os_error());
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty()).map_err(unlisted)?;
        if filesystem(&directory)? != MAGIC {
            return Err(unavailable(&format!("list {path}"), libc::ENOENT));
        }
        Ok(Self { path, directory })
    }

    /// How many numbers `/proc/self/fd` lists, itself included, as its size tells since Linux 6.2 (proc_pid_fd(5)); 0
    /// before.
    pub(super) fn count(&self) -> Result<usize, Error> {
        Ok(usize::try_from(stat(self.directory.as_raw_fd())?.st_size).unwrap_or(0))
    }

    /// The numbers, ascending.
    ///
    /// Not by `std::fs::read_dir`, which panics where an outer sandbox refuses to close it.
    pub(super) fn numbers(&self) -> Result<Vec<i32>, Error> {
        let path = self.path;
        let unlisted = |error: rustix::io::Errno| unavailable(&format!("list {path}"), error.raw_os_error());
        let mut numbers = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); PAGE];
        let mut entries = RawDir::new(&self.directory, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(unlisted)?;
            match entry.file_name().to_bytes() {
                b"." | b".." => {}
                name => {
                    let number = str::from_utf8(name).ok().and_then(|name| name.parse().ok());
                    numbers.push(number.ok_or_else(|| pretended(format!("{path} lists {:?}", entry.file_name())))?);
                }
            }
        }
        if numbers.is_empty() {
            return Err(pretended(format!("{path} lists nothing, not even itself")));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The number of the listing itself, while it is open.
    pub(super) fn own(&self) -> i32 {
        self.directory.as_raw_fd()
    }

    /// Where the link under this number leads.
    pub(super) fn link(&self, number: i32) -> Result<PathBuf, Error> {
        let target = rustix::fs::readlinkat(&self.directory, DecInt::new(number), Vec::with_capacity(LINK));
        followed(target, || format!("{}/{number}", self.path))
    }
}

/// The text of a file in `/proc/self`, which is never empty and ends with a whole line.
pub(super) fn text(path: &str) -> Result<String, Error> {
    let unread = |error: io::Error| unavailable(&format!("read {path}"), error.raw_os_error().unwrap_or(libc::EIO));
    // The kernel tells no size beforehand.
    let mut bytes = Vec::with_capacity(2 * PAGE);
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.last() != Some(&b'\n') {
        return Err(pretended(format!("{path} ends too early")));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Where a link in `/proc/self` leads.
pub(super) fn link(path: &str) -> Result<PathBuf, Error> {
    followed(rustix::fs::readlink(path, Vec::with_capacity(LINK)), || path.to_owned())
}

fn followed(target: rustix::io::Result<CString>, path: impl Fn() -> String) -> Result<PathBuf, Error> {
    let target = target.map_err(|error| unavailable(&format!("read the link {}", path()), error.raw_os_error()))?;
    if target.is_empty() {
        return Err(pretended(format!("{} leads nowhere", path())));
    }
    Ok(OsString::from_vec(target.into_bytes()).into())
}

/// The number of the mount that a descriptor lies in (proc_pid_fdinfo(5)), the first field of its line in `mountinfo`.
pub(super) fn mount(descriptor: impl AsFd) -> Result<String, Error> {
    let path = format!("/proc/self/fdinfo/{}", descriptor.as_fd().as_raw_fd());
    let details = text(&path)?;
    let mount = details.lines().find_map(|line| line.strip_prefix("mnt_id:"));
    mount.map(|number| number.trim().to_owned()).ok_or_else(|| pretended(format!("{path} tells no mount")))
}

/// The magic number of a descriptor's file system (statfs(2)).
pub(super) fn filesystem(descriptor: impl AsFd) -> Result<i64, Error> {
    // SAFETY: all zeros is a valid statfs.
    let mut system: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open, and `system` is live and of the right size.
    let asked = unsafe { libc::fstatfs(descriptor.as_fd().as_raw_fd(), &raw mut system) };
    checked(asked.into(), "fstatfs")?;
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "its type differs by architecture")]
    let magic = system.f_type as i64;
    if magic == 0 { Err(pretended("fstatfs tells nothing")) } else { Ok(magic) }
}

fn unavailable(operation: &str, errno: i32) -> Error {
    Error::system(operation, errno).kind_is(ErrorKind::Unsupported).help("entry needs procfs mounted on /proc")
}
