//! The objects behind the declared descriptors: does the declaration fit them?

use std::os::fd::{BorrowedFd, RawFd};

use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;
use rustix::net::SocketType;
use sandbox_policy::freebsd::Granted;
use sandbox_policy::vocabulary::Access;
use sandbox_policy::{Policy, Resource, Rights};

use super::{borrow, failed};
use crate::{Error, ErrorKind};

/// Compares each resource with its objects, and says what the plan needs to know about them.
pub(super) fn inspect(policy: &Policy<'_>, descriptors: &[Vec<RawFd>]) -> Result<Vec<Granted>, Error> {
    let mut granted = Vec::new();
    for (index, (resource, descriptors)) in policy.resources.iter().zip(descriptors).enumerate() {
        if resource.grant.gone {
            continue;
        }
        for &descriptor in descriptors {
            let object = Object::look(descriptor).map_err(|error| error.resource(resource.name))?;
            if let Some((message, help)) = object.misfit(resource) {
                return Err(Error::new(ErrorKind::Mismatch, message).resource(resource.name).help(help));
            }
            granted.push(Granted {
                resource: index,
                number: descriptor.unsigned_abs(),
                socket: object.kind == FileType::Socket,
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
    fn look(number: RawFd) -> Result<Self, Error> {
        let open = borrow(number)
            .map_err(|error| error.kind_is(ErrorKind::Mismatch).help("pass a descriptor that is open at entry"))?;
        let stat = rustix::fs::fstat(open).map_err(failed("fstat")).map_err(limited)?;
        let flags = rustix::fs::fcntl_getfl(open).map_err(failed("fcntl(F_GETFL)")).map_err(limited)?;
        Ok(Self { number: open, kind: FileType::from_raw_mode(stat.st_mode), flags })
    }

    /// Why the declaration does not fit, and what to do about it.
    fn misfit(&self, resource: &Resource<'_>) -> Option<(String, &'static str)> {
        let rights = resource.grant.rights;
        if self.flags.contains(OFlags::PATH) && !rights.is_empty() {
            return Some((
                format!("it was opened with O_PATH and declared with {rights}"),
                "open it for what it is declared for, or declare `hold`",
            ));
        }
        if rights.contains(Rights::LOOKUP) {
            return (self.kind != FileType::Directory).then(|| {
                ("it is declared with lookup and is not a directory".to_owned(), "declare a directory: `dir(PATH)`")
            });
        }
        if self.kind != FileType::Socket && self.kind != FileType::Directory {
            let asked = Access::of(rights);
            let mode = self.flags & (OFlags::WRONLY | OFlags::RDWR);
            if asked.read && mode == OFlags::WRONLY {
                return Some((
                    format!("it is open for writing only and declared with {rights}"),
                    "open it for reading as well, or remove the rights that read",
                ));
            }
            if asked.write && !mode.intersects(OFlags::WRONLY | OFlags::RDWR) {
                return Some((
                    format!("it is open for reading only and declared with {rights}"),
                    "open it for writing as well, or remove the rights that write",
                ));
            }
        }
        if rights.contains(Rights::ACCEPT) && !self.listens() {
            return Some(("it is declared with accept and does not listen".to_owned(), "call listen before entry"));
        }
        if rights.contains(Rights::WRITE) && self.needs_a_peer() {
            return Some((
                format!("it is a datagram socket without a peer, declared with {rights}"),
                "connect it before entry: a confined program cannot name the address it sends to",
            ));
        }
        None
    }

    fn listens(&self) -> bool {
        rustix::net::sockopt::socket_acceptconn(self.number) == Ok(true)
    }

    /// Whether writing to it needs an address, which capability mode refuses.
    fn needs_a_peer(&self) -> bool {
        self.kind == FileType::Socket
            && rustix::net::sockopt::socket_type(self.number) == Ok(SocketType::DGRAM)
            && matches!(rustix::net::getpeername(self.number), Ok(None) | Err(Errno::NOTCONN))
    }
}

/// A descriptor that somebody limited before, so that it cannot even be looked at.
fn limited(error: Error) -> Error {
    if error.raw_os_error() == Some(libc::ENOTCAPABLE) {
        return error.kind_is(ErrorKind::Mismatch).help(
            "its rights were limited before entry; whoever does that must leave `fstat` and `fcntl(getfl)` to it",
        );
    }
    error
}
