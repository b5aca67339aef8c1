//! The objects behind the declared descriptors: does the declaration fit them?

use std::ffi::OsString;
use std::os::fd::{AsRawFd as _, BorrowedFd, RawFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use sandbox_policy::linux::Granted;
use sandbox_policy::vocabulary::Access;
use sandbox_policy::{Policy, Resource, Rights};

use super::descriptors::Open;
use super::{failed, procfs, stat};
use crate::{Error, ErrorKind};

/// Compares each resource with its objects, and says what the plan needs to know about them.
pub(super) fn inspect(policy: &Policy<'_>, descriptors: &[Vec<RawFd>], open: &Open) -> Result<Vec<Granted>, Error> {
    let mut granted = Vec::new();
    for (index, (resource, descriptors)) in policy.resources.iter().zip(descriptors).enumerate() {
        if resource.grant.gone {
            continue;
        }
        let asked = Access::of(resource.grant.rights);
        for &descriptor in descriptors {
            let object = Object::look(resource, descriptor, open.kind(descriptor))?;
            object.fits(resource, asked)?;
            granted.push(Granted {
                resource: index,
                number: descriptor.unsigned_abs(),
                append: object.flags.contains(OFlags::APPEND),
            });
        }
    }
    Ok(granted)
}

struct Object {
    number: BorrowedFd<'static>,
    kind: FileType,
    flags: OFlags,
}

impl Object {
    fn look(resource: &Resource<'_>, number: RawFd, known: FileType) -> Result<Self, Error> {
        let about = |error: Error| error.resource(resource.name);
        let kind = match known {
            FileType::Unknown => FileType::from_raw_mode(stat(number).map_err(closed).map_err(about)?.st_mode),
            known => known,
        };
        // SAFETY: it is open, and entry, which runs in the only thread, closes none that it borrows.
        let open = unsafe { BorrowedFd::borrow_raw(number) };
        let flags = rustix::fs::fcntl_getfl(open).map_err(failed("fcntl(F_GETFL)")).map_err(about)?;
        Ok(Self { number: open, kind, flags })
    }

    /// Whether the object can be used as declared; `asked` is how its rights need it to be open.
    fn fits(&self, resource: &Resource<'_>, asked: Access) -> Result<(), Error> {
        let rights = resource.grant.rights;
        let wrong = |message: String, help: &str| {
            Err(Error::new(ErrorKind::Mismatch, message).resource(resource.name).help(help))
        };
        if self.flags.contains(OFlags::PATH) && !rights.is_empty() {
            return wrong(
                format!("it was opened with O_PATH and declared with {rights}"),
                "open it for what it is declared for, or declare `hold`",
            );
        }
        if rights.contains(Rights::LOOKUP) {
            return self.fits_directory(resource);
        }
        if self.kind != FileType::Socket && self.kind != FileType::Directory {
            let mode = self.flags & (OFlags::WRONLY | OFlags::RDWR);
            if asked.read && mode == OFlags::WRONLY {
                return wrong(
                    format!("it is open for writing only and declared with {rights}"),
                    "open it for reading as well, or remove the rights that read",
                );
            }
            if asked.write && !mode.intersects(OFlags::WRONLY | OFlags::RDWR) {
                return wrong(
                    format!("it is open for reading only and declared with {rights}"),
                    "open it for writing as well, or remove the rights that write",
                );
            }
        }
        if rights.contains(Rights::ACCEPT) && !self.listens() {
            return wrong("it is declared with accept and does not listen".into(), "call listen before entry");
        }
        if rights.contains(Rights::WRITE) && self.needs_a_peer() {
            return wrong(
                format!("it is a datagram socket without a peer, declared with {rights}"),
                "connect it before entry: a confined program cannot name the address it sends to",
            );
        }
        Ok(())
    }

    fn fits_directory(&self, resource: &Resource<'_>) -> Result<(), Error> {
        let wrong = |message: &str, help: &str| {
            Err(Error::new(ErrorKind::Mismatch, message).resource(resource.name).help(help))
        };
        if self.kind != FileType::Directory {
            return wrong("it is declared with lookup and is not a directory", "declare a directory: `dir(PATH)`");
        }
        if procfs::filesystem(self.number)? == procfs::MAGIC {
            return wrong(
                "it is in procfs, through which other descriptors and processes can be reached",
                "read what is needed before entry",
            );
        }
        let path = procfs::link(&format!("/proc/self/fd/{}", self.number.as_raw_fd()))?;
        let mounts = procfs::text("/proc/self/mountinfo")?;
        if !self.is_mounted(&path, &mounts)? {
            return wrong(
                "it lies outside the process's root or mount namespace, so that it cannot be seen whether procfs is mounted beneath it",
                "open it by its path in the process's own root (after chroot, unshare or setns), or open the files before entry",
            );
        }
        if contains_procfs(&path, &mounts) {
            return wrong(
                "procfs is mounted beneath it, through which other descriptors and processes can be reached",
                "declare a directory further down",
            );
        }
        Ok(())
    }

    /// Whether every mount beneath this directory is among the process's: `mountinfo` lists what the process's root leads
    /// to. Either it lists the directory's own mount, or its path leads to it; where the root is not a mount point, the
    /// mount that the root lies in is not listed, and where an ordinary user may not follow the path, it leads nowhere.
    fn is_mounted(&self, path: &Path, mounts: &str) -> Result<bool, Error> {
        let mount = procfs::mount(self.number)?;
        if mounts.lines().any(|line| line.split(' ').next() == Some(&mount)) {
            return Ok(true);
        }
        let Ok(found) = rustix::fs::open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        else {
            return Ok(false);
        };
        let (own, other) = (stat(self.number.as_raw_fd())?, stat(found.as_raw_fd())?);
        Ok((own.st_dev, own.st_ino) == (other.st_dev, other.st_ino) && procfs::mount(&found)? == mount)
    }

    fn listens(&self) -> bool {
        self.socket_option(libc::SO_ACCEPTCONN) == Some(1)
    }

    /// Whether writing to it needs an address, which a filter cannot see.
    fn needs_a_peer(&self) -> bool {
        self.kind == FileType::Socket
            && self.socket_option(libc::SO_TYPE) == Some(libc::SOCK_DGRAM)
            && !self.has_a_peer()
    }

    fn has_a_peer(&self) -> bool {
        let mut length = 0;
        // SAFETY: with the length 0 the kernel writes no address (getpeername(2)); the pointer is not used then.
        unsafe { libc::getpeername(self.number.as_raw_fd(), std::ptr::null_mut(), &raw mut length) == 0 }
    }

    fn socket_option(&self, option: libc::c_int) -> Option<libc::c_int> {
        let mut value: libc::c_int = -1;
        let mut length = libc::socklen_t::try_from(size_of_val(&value)).ok()?;
        let number = self.number.as_raw_fd();
        // SAFETY: `value` and `length` are live, and `length` is the size of `value`.
        let asked =
            unsafe { libc::getsockopt(number, libc::SOL_SOCKET, option, (&raw mut value).cast(), &raw mut length) };
        (asked == 0).then_some(value)
    }
}

/// A declared number that is not open is the program's mistake.
fn closed(error: Error) -> Error {
    match error.raw_os_error() {
        Some(libc::EBADF) => error.kind_is(ErrorKind::Mismatch).help("pass a descriptor that is open at entry"),
        _ => error,
    }
}

/// Whether a mount of procfs lies beneath the directory with this path (proc_pid_mountinfo(5)).
fn contains_procfs(path: &Path, mounts: &str) -> bool {
    mounts.lines().any(|line| {
        let Some((before, after)) = line.split_once(" - ") else { return true };
        let point = before.split(' ').nth(4).unwrap_or("/");
        // A name that is not UTF-8 may be any.
        let unknown = point.contains(char::REPLACEMENT_CHARACTER);
        after.starts_with("proc ") && (unknown || Path::new(&unescaped(point)).starts_with(path))
    })
}

/// A path as proc_pid_mountinfo(5) writes it: spaces, backslashes and the like are `\` and three octal digits.
fn unescaped(written: &str) -> OsString {
    let mut bytes = Vec::with_capacity(written.len());
    let mut left = written.as_bytes();
    while let Some((&first, rest)) = left.split_first() {
        let code = match rest {
            [a, b, c, ..] if first == b'\\' => {
                str::from_utf8(&[*a, *b, *c]).ok().and_then(|digits| u8::from_str_radix(digits, 8).ok())
            }
            _ => None,
        };
        bytes.push(code.unwrap_or(first));
        left = if code.is_some() { &rest[3..] } else { rest };
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn mount_points_are_read_as_they_are_named() {
        assert_eq!(unescaped("/plain"), "/plain");
        assert_eq!(unescaped("/a\\040b\\134c\\011"), "/a b\\c\t");
        assert_eq!(unescaped("/odd\\04"), "/odd\\04");
    }
}
