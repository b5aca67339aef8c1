//! What is particular to sockets: names, options, connections.

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{Accepted, Never, With};
use crate::operation::{Operation, Subject, gives, op, reaches};

const GETSOCKOPT: &[Rights] = &[Rights::GETSOCKOPT];
const SETSOCKOPT: &[Rights] = &[Rights::SETSOCKOPT];
const ACCEPT: &[Rights] = &[Rights::ACCEPT];
const LISTEN: &[Rights] = &[Rights::LISTEN];
const SO_PEERPIDFD: i32 = 77;
const SO_BINDTOIFINDEX: i32 = 62;

/// The header of a message of one buffer, with no name and nothing else; also a `struct mmsghdr` with room to spare.
pub(crate) fn message(vector: &[iovec; 1]) -> [usize; 9] {
    // struct msghdr (recvmsg(2)): name, its length, vector, its length, control data, its length, flags.
    let address = sandbox_tests::sys::Arg::from(vector).0;
    [0, 0, address, 1, 0, 0, 0, 0, 0]
}

/// The address of an internet socket's peer.
pub(crate) fn peer_of(fd: i32) -> Vec<u8> {
    let mut address = [0_u8; 16];
    let mut length = [16_u32];
    if call(SYS_getpeername, args![fd, &mut address, &mut length]).is_err() {
        // Confined without `getpeername`; any address will do for a refusal.
        address[0] = 2;
        address[2..4].copy_from_slice(&9_u16.to_be_bytes());
        address[4..8].copy_from_slice(&[127, 0, 0, 1]);
    }
    address.to_vec()
}

fn get(subject: &Subject<'_>, level: i32, option: i32) -> Result<(), Errno> {
    let (mut value, mut length) = ([0_u8; 256], [256_u32]);
    gives(call(SYS_getsockopt, args![subject.fd(), level, option, &mut value, &mut length]), 0)
}

fn set(subject: &Subject<'_>, level: i32, option: i32, value: i32) -> Result<(), Errno> {
    gives(call(SYS_setsockopt, args![subject.fd(), level, option, &[value], 4]), 0)
}

fn name(subject: &Subject<'_>, number: c_long) -> Result<(), Errno> {
    gives(call(number, args![subject.fd(), &mut [0_u8; 128], &mut [128_u32]]), 0)
}

pub(crate) const ANY: &[Operation] = &[
    op("getsockname", With(&[Rights::GETSOCKNAME]), |s| name(s, SYS_getsockname)),
    op("getsockopt SO_TYPE", With(GETSOCKOPT), |s| get(s, SOL_SOCKET, SO_TYPE)),
    op("getsockopt SO_ERROR", With(GETSOCKOPT), |s| get(s, SOL_SOCKET, SO_ERROR)),
    op("getsockopt SO_RCVTIMEO", With(GETSOCKOPT), |s| get(s, SOL_SOCKET, SO_RCVTIMEO)),
    op("getsockopt SO_DOMAIN", With(GETSOCKOPT), |s| get(s, SOL_SOCKET, SO_DOMAIN)),
    op("getsockopt SO_MARK", Never, |s| get(s, SOL_SOCKET, SO_MARK)),
    op("getsockopt SO_COOKIE", Never, |s| get(s, SOL_SOCKET, SO_COOKIE)),
    op("getsockopt SO_INCOMING_CPU", Never, |s| get(s, SOL_SOCKET, SO_INCOMING_CPU)),
    op("getsockopt SO_GET_FILTER", Never, |s| get(s, SOL_SOCKET, SO_GET_FILTER)),
    op("setsockopt SO_RCVBUF", With(SETSOCKOPT), |s| set(s, SOL_SOCKET, SO_RCVBUF, 65536)),
    op("setsockopt SO_KEEPALIVE", With(SETSOCKOPT), |s| set(s, SOL_SOCKET, SO_KEEPALIVE, 0)),
    op("setsockopt SO_SNDTIMEO", With(SETSOCKOPT), |s| {
        gives(call(SYS_setsockopt, args![s.fd(), SOL_SOCKET, SO_SNDTIMEO, &[5_i64, 0], 16]), 0)
    }),
    op("setsockopt SO_REUSEADDR", Never, |s| set(s, SOL_SOCKET, SO_REUSEADDR, 0)),
    op("setsockopt SO_BINDTODEVICE", Never, |s| {
        gives(call(SYS_setsockopt, args![s.fd(), SOL_SOCKET, SO_BINDTODEVICE, b"\0", 1]), 0)
    }),
    op("setsockopt SO_BINDTOIFINDEX", Never, |s| set(s, SOL_SOCKET, SO_BINDTOIFINDEX, 0)),
    op("setsockopt SO_DETACH_FILTER", Never, |s| {
        reaches(call(SYS_setsockopt, args![s.fd(), SOL_SOCKET, SO_DETACH_FILTER, &[0_i32], 4]), Errno::ENOENT)
    }),
];

pub(crate) const CONNECTED: &[Operation] =
    &[op("getpeername", With(&[Rights::GETPEERNAME]), |s| name(s, SYS_getpeername))];

/// What every user may do to sockets other than TCP's: the empty program comes as far as the check of programs.
pub(crate) const FILTERED: &[Operation] = &[op("setsockopt SO_ATTACH_FILTER", Never, |s| {
    reaches(call(SYS_setsockopt, args![s.fd(), SOL_SOCKET, SO_ATTACH_FILTER, &[0_usize; 2], 16]), Errno::EINVAL)
})];

pub(crate) const INTERNET: &[Operation] = &[
    op("getsockopt IP_TTL", With(GETSOCKOPT), |s| get(s, IPPROTO_IP, IP_TTL)),
    op("setsockopt IP_TTL", With(SETSOCKOPT), |s| set(s, IPPROTO_IP, IP_TTL, 64)),
    op("getsockopt IP_MTU_DISCOVER", Never, |s| get(s, IPPROTO_IP, IP_MTU_DISCOVER)),
    op("setsockopt IP_RECVERR", Never, |s| set(s, IPPROTO_IP, IP_RECVERR, 0)),
];

pub(crate) const TCP: &[Operation] = &[
    op("getsockopt TCP_INFO", With(GETSOCKOPT), |s| get(s, IPPROTO_TCP, TCP_INFO)),
    op("getsockopt TCP_NODELAY", With(GETSOCKOPT), |s| get(s, IPPROTO_TCP, TCP_NODELAY)),
    op("setsockopt TCP_NODELAY", With(SETSOCKOPT), |s| set(s, IPPROTO_TCP, TCP_NODELAY, 1)),
    op("getsockopt TCP_CONGESTION", Never, |s| get(s, IPPROTO_TCP, TCP_CONGESTION)),
    op("getsockopt TCP_ULP", Never, |s| get(s, IPPROTO_TCP, TCP_ULP)),
    op("setsockopt TCP_MAXSEG", Never, |s| set(s, IPPROTO_TCP, TCP_MAXSEG, 1000)),
    op("setsockopt TCP_LINGER2", Never, |s| set(s, IPPROTO_TCP, TCP_LINGER2, 0)),
];

/// Options of unix sockets; one hands out a descriptor.
pub(crate) const UNIX: &[Operation] = &[
    op("getsockopt SO_PEERCRED", Never, |s| get(s, SOL_SOCKET, SO_PEERCRED)),
    op("getsockopt SO_PEERPIDFD", Never, |s| get(s, SOL_SOCKET, SO_PEERPIDFD)),
    op("getsockopt SO_PASSCRED", Never, |s| get(s, SOL_SOCKET, SO_PASSCRED)),
    op("setsockopt SO_PASSCRED", Never, |s| set(s, SOL_SOCKET, SO_PASSCRED, 0)),
];

/// On a listening socket with several connections waiting.
pub(crate) const LISTENING: &[Operation] = &[
    #[cfg(target_arch = "x86_64")]
    op("accept", With(ACCEPT), |s| close(call(SYS_accept, args![s.fd(), 0, 0]))),
    op("accept4", With(ACCEPT), |s| close(call(SYS_accept4, args![s.fd(), 0, 0, 0]))),
    op("accept4 with flags and an address", With(ACCEPT), |s| {
        let (mut address, mut length) = ([0_u8; 128], [128_u32]);
        close(call(SYS_accept4, args![s.fd(), &mut address, &mut length, SOCK_CLOEXEC | SOCK_NONBLOCK]))
    }),
    op("listen", With(LISTEN), |s| gives(call(SYS_listen, args![s.fd(), 16]), 0)),
];

/// On what was accepted, where each connection has something to read. There is a case in which none of it is permitted
/// although `accept` is: the list decides.
pub(crate) const ACCEPTED: &[Operation] = &[
    op("recv from what was accepted", Accepted(&[Rights::READ]), |s| {
        accepted(s, |fd| gives(call(SYS_recvfrom, args![fd, &mut [0_u8; 1], 1, 0, 0, 0]), 1))
    }),
    op("send to what was accepted", Accepted(&[Rights::WRITE]), |s| {
        accepted(s, |fd| gives(call(SYS_sendto, args![fd, b"w", 1, MSG_NOSIGNAL, 0, 0]), 1))
    }),
    op("recvmsg from what was accepted", Never, |s| {
        accepted(s, |fd| {
            let mut buffer = [0];
            let vector = super::vector(&mut buffer);
            gives(call(SYS_recvmsg, args![fd, &message(&vector), 0]), 1)
        })
    }),
    op("getpeername of what was accepted", Accepted(&[Rights::GETPEERNAME]), |s| {
        accepted(s, |fd| gives(call(SYS_getpeername, args![fd, &mut [0_u8; 128], &mut [128_u32]]), 0))
    }),
    op("shutdown of what was accepted", Accepted(&[Rights::SHUTDOWN]), |s| {
        accepted(s, |fd| gives(call(SYS_shutdown, args![fd, SHUT_WR]), 0))
    }),
    op("accept from what was accepted", Accepted(&[Rights::ACCEPT]), |s| {
        accepted(s, |fd| reaches(call(SYS_accept4, args![fd, 0, 0, 0]), Errno::EINVAL))
    }),
];

/// Accepts a connection, does something with it, and closes it.
fn accepted(subject: &Subject<'_>, run: impl Fn(i64) -> Result<(), Errno>) -> Result<(), Errno> {
    let minted = call(SYS_accept4, args![subject.fd(), 0, 0, 0])?;
    let result = run(minted);
    close(Ok(minted))?;
    result
}

fn close(minted: Result<i64, Errno>) -> Result<(), Errno> {
    gives(call(SYS_close, args![minted?]), 0)
}

/// Shutting down comes last: nothing can be moved afterwards.
pub(crate) const SHUTDOWN: &[Operation] = &[
    op("shutdown for writing", With(&[Rights::SHUTDOWN]), |s| gives(call(SYS_shutdown, args![s.fd(), SHUT_WR]), 0)),
    op("shutdown both ways", With(&[Rights::SHUTDOWN]), |s| gives(call(SYS_shutdown, args![s.fd(), SHUT_RDWR]), 0)),
];

/// On a new TCP socket.
pub(crate) const UNBOUND: &[Operation] = &[
    op("bind", Never, |s| gives(call(SYS_bind, args![s.fd(), &loopback(0), 16]), 0)),
    op("listen", With(LISTEN), |s| gives(call(SYS_listen, args![s.fd(), 16]), 0)),
];

/// On a new TCP socket: these connect it, to the listener that stands beside it.
pub(crate) const UNCONNECTED: &[Operation] =
    &[op("connect", Never, |s| gives(call(SYS_connect, args![s.fd(), &listener(s), 16]), 0))];

/// On a new TCP socket.
pub(crate) const FAST_OPEN: &[Operation] = &[op("sendto with MSG_FASTOPEN", Never, |s| {
    gives(call(SYS_sendto, args![s.fd(), b"w", 1, MSG_FASTOPEN, &listener(s), 16]), 1)
})];

/// A `struct sockaddr_in` on the loopback.
fn loopback(port: u16) -> [u8; 16] {
    let [high, low] = port.to_be_bytes();
    [2, 0, high, low, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// The address of the listener, which stays allowed to say it.
fn listener(subject: &Subject<'_>) -> [u8; 16] {
    let (mut address, mut length) = ([0_u8; 16], [16_u32]);
    call(SYS_getsockname, args![subject.partner("listener"), &mut address, &mut length]).expect("the listener's name");
    address
}
