//! What is asked of sockets, and set.

use rustix::net::sockopt;
use rustix::net::{Shutdown, SocketFlags};
use sandbox_rt::Rights;

use crate::operation::Permitted::With;
use crate::operation::{Operation, comes_through, op, rustix};
use crate::sys;

const ACCEPT: &[Rights] = &[Rights::ACCEPT];

/// What works on every socket.
pub(crate) const ANY: &[Operation] = &[
    op("getsockname", With(&[Rights::GETSOCKNAME]), |s| rustix(rustix::net::getsockname(s.file))),
    op("getsockopt SO_TYPE", With(&[Rights::GETSOCKOPT]), |s| rustix(sockopt::socket_type(s.file))),
    op("getsockopt SO_ERROR", With(&[Rights::GETSOCKOPT]), |s| rustix(sockopt::socket_error(s.file))),
    op("setsockopt SO_KEEPALIVE", With(&[Rights::SETSOCKOPT]), |s| rustix(sockopt::set_socket_keepalive(s.file, true))),
    op("listen", With(&[Rights::LISTEN]), |s| comes_through(sys::answer(rustix::net::listen(s.file, 1)))),
];

/// What works on connected sockets.
pub(crate) const CONNECTED: &[Operation] =
    &[op("getpeername", With(&[Rights::GETPEERNAME]), |s| rustix(rustix::net::getpeername(s.file)))];

/// The last, as nothing can be sent after it.
pub(crate) const SHUTDOWN: &[Operation] = &[op("shutdown", With(&[Rights::SHUTDOWN]), |s| {
    comes_through(sys::answer(rustix::net::shutdown(s.file, Shutdown::Write)))
})];

/// What works on listeners; each takes one of the connections that wait.
pub(crate) const LISTENING: &[Operation] = &[
    op("accept", With(ACCEPT), |s| rustix(rustix::net::accept(s.file))),
    op("accept4", With(ACCEPT), |s| rustix(rustix::net::accept_with(s.file, SocketFlags::CLOEXEC))),
    op("accept, then read", With(&[Rights::ACCEPT.union(Rights::READ)]), |s| {
        let stream = rustix::net::accept(s.file).map_err(sys::errno)?;
        rustix(rustix::io::read(stream, &mut [0; 1]).inspect(|read| assert_eq!(*read, 1)))
    }),
    op("accept, then write", With(&[Rights::ACCEPT.union(Rights::WRITE)]), |s| {
        let stream = rustix::net::accept(s.file).map_err(sys::errno)?;
        rustix(rustix::io::write(stream, b"w"))
    }),
    op("accept, then shutdown", With(&[Rights::ACCEPT.union(Rights::SHUTDOWN)]), |s| {
        let stream = rustix::net::accept(s.file).map_err(sys::errno)?;
        rustix(rustix::net::shutdown(stream, Shutdown::Both))
    }),
    op("accept, then getpeername", With(&[Rights::ACCEPT.union(Rights::GETPEERNAME)]), |s| {
        let stream = rustix::net::accept(s.file).map_err(sys::errno)?;
        rustix(rustix::net::getpeername(stream))
    }),
];
