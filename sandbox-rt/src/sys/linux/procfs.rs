//! What `/proc/self` tells (proc(5)): it must be procfs, and what it tells must make sense.

use std::os::fd::{AsFd, AsRawFd as _};
use std::path::Path;

use rustix::fs::{Dir, Mode, OFlags};

use super::{checked, pretended};
use crate::{Error, ErrorKind};

/// `PROC_SUPER_MAGIC` (statfs(2)).
pub(super) const MAGIC: i64 = 0x9fa0;

/// The numbers that are names in a directory of `/proc/self`, ascending: tasks, descriptors.
///
/// Not `std::fs::read_dir`, which panics where an outer sandbox refuses to close it.
pub(super) fn numbers(path: &str) -> Result<Vec<i32>, Error> {
    let operation = format!("list {path}");
    let unlisted = |error: rustix::io::Errno| unavailable(&operation, error.raw_os_error());
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let listing = rustix::fs::open(path, flags, Mode::empty()).map_err(unlisted)?;
    if filesystem(&listing)? != MAGIC {
        return Err(unavailable(&operation, libc::ENOENT));
    }
    let mut numbers = Vec::new();
    for entry in Dir::new(listing).map_err(unlisted)? {
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

/// The text of a file in `/proc/self`, which is never empty and ends with a whole line.
pub(super) fn text(path: &str) -> Result<String, Error> {
    let bytes = std::fs::read(path)
        .map_err(|error| unavailable(&format!("read {path}"), error.raw_os_error().unwrap_or(libc::EIO)))?;
    if bytes.last() != Some(&b'\n') {
        return Err(pretended(format!("{path} ends too early")));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where a link in `/proc/self` leads.
pub(super) fn link(path: &str) -> Result<std::path::PathBuf, Error> {
    let target = std::fs::read_link(path)
        .map_err(|error| unavailable(&format!("read the link {path}"), error.raw_os_error().unwrap_or(libc::EIO)))?;
    if target == Path::new("") { Err(pretended(format!("{path} leads nowhere"))) } else { Ok(target) }
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
