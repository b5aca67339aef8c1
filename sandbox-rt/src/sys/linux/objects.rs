//! The objects behind the declared descriptors: does the declaration fit them?

use std::os::fd::{AsRawFd as _, BorrowedFd, RawFd};

use rustix::fs::{FileType, OFlags};
use sandbox_policy::linux::Granted;
use sandbox_policy::vocabulary::Access;
use sandbox_policy::{Policy, Resource, Rights};

use super::{borrow, checked, failed, no_procfs, pretended, stat};
use crate::{Error, ErrorKind};

/// `PROC_SUPER_MAGIC` (statfs(2)).
const PROCFS: i64 = 0x9fa0;

/// Compares each resource with its objects, and says what the plan needs to know about them.
pub(super) fn inspect(policy: &Policy<'_>, descriptors: &[Vec<RawFd>]) -> Result<Vec<Granted>, Error> {
    let mut granted = Vec::new();
    for (index, (resource, descriptors)) in policy.resources.iter().zip(descriptors).enumerate() {
        if resource.grant.gone {
            continue;
        }
        for &descriptor in descriptors {
            let object = Object::look(resource, descriptor)?;
            object.fits(resource)?;
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
    fn look(resource: &Resource<'_>, number: RawFd) -> Result<Self, Error> {
        let open = borrow(number).map_err(|error| {
            error.kind_is(ErrorKind::Mismatch).resource(resource.name).help("pass a descriptor that is open at entry")
        })?;
        let about = |error: Error| error.resource(resource.name);
        let stat = stat(open).map_err(about)?;
        let flags = rustix::fs::fcntl_getfl(open).map_err(failed("fcntl(F_GETFL)")).map_err(about)?;
        Ok(Self { number: open, kind: FileType::from_raw_mode(stat.st_mode), flags })
    }

    fn fits(&self, resource: &Resource<'_>) -> Result<(), Error> {
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
            let asked = Access::of(rights);
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
        if self.filesystem()? == PROCFS {
            return wrong(
                "it is in procfs, through which other descriptors and processes can be reached",
                "read what is needed before entry",
            );
        }
        if self.contains_procfs()? {
            return wrong(
                "procfs is mounted beneath it, through which other descriptors and processes can be reached",
                "declare a directory further down",
            );
        }
        Ok(())
    }

    /// The magic number of its file system (statfs(2)).
    fn filesystem(&self) -> Result<i64, Error> {
        // SAFETY: all zeros is a valid statfs.
        let mut system: libc::statfs = unsafe { std::mem::zeroed() };
        // SAFETY: the descriptor is open, and `system` is live and of the right size.
        let asked = unsafe { libc::fstatfs(self.number.as_raw_fd(), &raw mut system) };
        checked(asked.into(), "fstatfs")?;
        #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "its type differs by architecture")]
        let magic = system.f_type as i64;
        if magic == 0 { Err(pretended("fstatfs tells nothing")) } else { Ok(magic) }
    }

    /// Whether a mount of procfs lies beneath this directory (proc_pid_mountinfo(5)).
    fn contains_procfs(&self) -> Result<bool, Error> {
        let unread = |error: std::io::Error| no_procfs("read /proc/self", &error);
        let path = std::fs::read_link(format!("/proc/self/fd/{}", self.number.as_raw_fd())).map_err(unread)?;
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").map_err(unread)?;
        if mounts.is_empty() {
            return Err(pretended("/proc/self/mountinfo lists no mount, not even procfs"));
        }
        Ok(mounts.lines().any(|line| {
            let Some((before, after)) = line.split_once(" - ") else { return true };
            let point = before.split(' ').nth(4).unwrap_or("/");
            after.starts_with("proc ") && std::path::Path::new(point).starts_with(&path)
        }))
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
