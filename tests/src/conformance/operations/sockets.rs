//! What is asked of sockets, and set, and what listeners do.

use rustix::net::sockopt;
use rustix::net::{Shutdown, SocketFlags};
use sandbox_rt::Rights;

use crate::conformance::Permitted::{Accepted, With};
use crate::conformance::operation::{comes_through, differ, errno, op, rustix};
use crate::conformance::{Operation, Subject};
use crate::sys::Errno;

const ACCEPT: &[Rights] = &[Rights::ACCEPT];
const INHERITED: &str =
    "FreeBSD's accepted socket has the rights of its listener: those of the listener itself and of its list";

/// What works on every socket.
pub(crate) const ANY: &[Operation] = &[
    op("getsockname", With(&[Rights::GETSOCKNAME]), |s| rustix(rustix::net::getsockname(s.file))),
    op("getsockopt SO_TYPE", With(&[Rights::GETSOCKOPT]), |s| rustix(sockopt::socket_type(s.file))),
    op("getsockopt SO_ERROR", With(&[Rights::GETSOCKOPT]), |s| rustix(sockopt::socket_error(s.file))),
    op("setsockopt SO_KEEPALIVE", With(&[Rights::SETSOCKOPT]), |s| rustix(sockopt::set_socket_keepalive(s.file, true))),
];

/// What Linux's list of options leaves out.
pub(crate) const OPTIONS: &[Operation] = &[
    differ(
        "setsockopt SO_REUSEADDR",
        crate::conformance::Permitted::Never,
        With(&[Rights::SETSOCKOPT]),
        "the right permits a list of common options on Linux, and every option on FreeBSD",
        |s| rustix(sockopt::set_socket_reuseaddr(s.file, true)),
    ),
    op("listen", With(&[Rights::LISTEN]), |s| comes_through(rustix::net::listen(s.file, 1).map_err(errno))),
];

/// What works on connected sockets.
pub(crate) const CONNECTED: &[Operation] =
    &[op("getpeername", With(&[Rights::GETPEERNAME]), |s| rustix(rustix::net::getpeername(s.file)))];

/// The last, as nothing can be sent after it.
pub(crate) const SHUTDOWN: &[Operation] = &[op("shutdown", With(&[Rights::SHUTDOWN]), |s| {
    comes_through(rustix::net::shutdown(s.file, Shutdown::Write).map_err(errno))
})];

fn accepted(s: &Subject<'_>, run: fn(std::os::fd::OwnedFd) -> rustix::io::Result<()>) -> Result<(), Errno> {
    rustix(rustix::net::accept(s.file).and_then(run))
}

/// What works on listeners; each takes one of the connections that wait.
pub(crate) const LISTENING: &[Operation] = &[
    op("accept", With(ACCEPT), |s| rustix(rustix::net::accept(s.file))),
    op("accept4", With(ACCEPT), |s| rustix(rustix::net::accept_with(s.file, SocketFlags::CLOEXEC))),
    differ("accept, then read", Accepted(Rights::READ), With(&[Rights::ACCEPT.union(Rights::READ)]), INHERITED, |s| {
        accepted(s, |stream| rustix::io::read(stream, &mut [0; 1]).map(|read| assert_eq!(read, 1)))
    }),
    differ(
        "accept, then write",
        Accepted(Rights::WRITE),
        With(&[Rights::ACCEPT.union(Rights::WRITE)]),
        INHERITED,
        |s| accepted(s, |stream| rustix::io::write(stream, b"w").map(drop)),
    ),
    differ(
        "accept, then shutdown",
        Accepted(Rights::SHUTDOWN),
        With(&[Rights::ACCEPT.union(Rights::SHUTDOWN)]),
        INHERITED,
        |s| accepted(s, |stream| rustix::net::shutdown(stream, Shutdown::Both)),
    ),
    differ(
        "accept, then getpeername",
        Accepted(Rights::GETPEERNAME),
        With(&[Rights::ACCEPT.union(Rights::GETPEERNAME)]),
        INHERITED,
        |s| accepted(s, |stream| rustix::net::getpeername(stream).map(drop)),
    ),
];
