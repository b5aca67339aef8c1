//! Sockets.

use super::Enforcement::{self, Narrower, Refused, Weaker};
use super::{Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::When::{OneOf, Only};
use crate::linux::rule::{CallRule, on};

/// `SOCK_CLOEXEC | SOCK_NONBLOCK`.
const ACCEPT_FLAGS: u32 = 0x8_0800;

// Levels and options (socket(7), tcp(7), ip(7), ipv6(7), packet(7); the same numbers on x86, Arm and RISC-V). Absent on purpose:
// what mints descriptors (SO_PEERPIDFD, SCTP_SOCKOPT_PEELOFF), loads code (SO_ATTACH_*), reaches other networks
// (SO_MARK, SO_BINDTODEVICE, IP_ADD_MEMBERSHIP), lets descriptors in (SO_PASS*), or connects (TCP_FASTOPEN_CONNECT).
const SOL_SOCKET: &[u32] = &[1];
const IPPROTO_IP: &[u32] = &[0];
const IPPROTO_TCP: &[u32] = &[6];
const IPPROTO_IPV6: &[u32] = &[41];
const SOL_PACKET: &[u32] = &[263];
/// `SO_REUSEADDR`, `SO_TYPE`, `SO_ERROR`, `SO_SNDBUF`, `SO_RCVBUF`, `SO_KEEPALIVE`, `SO_LINGER`, `SO_RCVLOWAT`,
/// `SO_RCVTIMEO_OLD`, `SO_SNDTIMEO_OLD`, `SO_ACCEPTCONN`, `SO_PROTOCOL`, `SO_DOMAIN`, `SO_RCVTIMEO`, `SO_SNDTIMEO`.
const GET_SOCKET: &[u32] = &[2, 3, 4, 7, 8, 9, 13, 18, 20, 21, 30, 38, 39, 66, 67];
/// `SO_SNDBUF`, `SO_RCVBUF`, `SO_KEEPALIVE`, `SO_LINGER`, `SO_RCVLOWAT`, and the timeouts.
const SET_SOCKET: &[u32] = &[7, 8, 9, 13, 18, 20, 21, 66, 67];
/// `IP_TOS`, `IP_TTL`, `IP_MULTICAST_TTL`, `IP_MULTICAST_LOOP`.
const IP: &[u32] = &[1, 2, 33, 34];
/// `PACKET_STATISTICS`.
const GET_PACKET: &[u32] = &[6];
/// `TCP_NODELAY`, `TCP_MAXSEG`, `TCP_CORK`, `TCP_KEEPIDLE`, `TCP_KEEPINTVL`, `TCP_KEEPCNT`, `TCP_INFO`,
/// `TCP_QUICKACK`, `TCP_USER_TIMEOUT`.
const GET_TCP: &[u32] = &[1, 2, 3, 4, 5, 6, 11, 12, 18];
/// The same without `TCP_MAXSEG` and `TCP_INFO`.
const SET_TCP: &[u32] = &[1, 3, 4, 5, 6, 12, 18];
/// `IPV6_UNICAST_HOPS`, `IPV6_MULTICAST_HOPS`, `IPV6_MULTICAST_LOOP`, `IPV6_V6ONLY`.
const IPV6: &[u32] = &[16, 18, 19, 26];

const GETSOCKOPT: &[CallRule] = &[
    on(Call::getsockopt, 0).when(&[OneOf(1, SOL_SOCKET), OneOf(2, GET_SOCKET)]),
    on(Call::getsockopt, 0).when(&[OneOf(1, IPPROTO_IP), OneOf(2, IP)]),
    on(Call::getsockopt, 0).when(&[OneOf(1, IPPROTO_TCP), OneOf(2, GET_TCP)]),
    on(Call::getsockopt, 0).when(&[OneOf(1, IPPROTO_IPV6), OneOf(2, IPV6)]),
    on(Call::getsockopt, 0).when(&[OneOf(1, SOL_PACKET), OneOf(2, GET_PACKET)]),
];
const SETSOCKOPT: &[CallRule] = &[
    on(Call::setsockopt, 0).when(&[OneOf(1, SOL_SOCKET), OneOf(2, SET_SOCKET)]),
    on(Call::setsockopt, 0).when(&[OneOf(1, IPPROTO_IP), OneOf(2, IP)]),
    on(Call::setsockopt, 0).when(&[OneOf(1, IPPROTO_TCP), OneOf(2, SET_TCP)]),
    on(Call::setsockopt, 0).when(&[OneOf(1, IPPROTO_IPV6), OneOf(2, IPV6)]),
];

/// What both composites contain: what rights(4) says without `connect`, `bind` and `peeloff`, which would be granted in
/// vain or not at all.
const EITHER_SIDE: Rights = Rights::READ
    .union(Rights::WRITE)
    .union(Rights::GETPEERNAME)
    .union(Rights::GETSOCKNAME)
    .union(Rights::GETSOCKOPT)
    .union(Rights::SETSOCKOPT)
    .union(Rights::SHUTDOWN);
const SERVER: Rights = EITHER_SIDE.union(Rights::ACCEPT).union(Rights::LISTEN);

const ADDRESS: Enforcement =
    Refused("the address is in memory, where a filter cannot see it; make the call before entry");
const CAPABILITY_MODE: Enforcement = Refused("the call is not available in capability mode; make it before entry");
const OPTIONS: Enforcement =
    Narrower("a list of common options; none that mints descriptors, loads code or reaches another network");

const fn row(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    Row::new(name, rights, meaning).freebsd(constant).kinds(Kinds::SOCKETS.or(Kinds::DIRECTORY))
}

const fn socket(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    row(name, rights, meaning, constant).kinds(Kinds::SOCKETS)
}

pub(super) const ROWS: &[Row] = &[
    socket("accept", Rights::ACCEPT, "accept connections from it", "CAP_ACCEPT")
        .kinds(Kinds::LISTENING.or(Kinds::OTHER))
        .linux(&[on(Call::accept, 0), on(Call::accept4, 0).when(&[Only(3, ACCEPT_FLAGS)])])
        .on_linux(Weaker("all that is minted shares one class of rights: those of all that mints"))
        .on_freebsd(Weaker("an accepted connection has the listener's own rights")),
    socket("listen", Rights::LISTEN, "listen on it", "CAP_LISTEN")
        .linux(&[on(Call::listen, 0)])
        .on_linux(Weaker("an unbound socket is bound to a port of the kernel's choice")),
    socket("bind", Rights::BIND, "bind it to an address", "CAP_BIND").on_linux(ADDRESS).on_freebsd(CAPABILITY_MODE),
    socket("connect", Rights::CONNECT, "connect it to an address", "CAP_CONNECT")
        .on_linux(ADDRESS)
        .on_freebsd(CAPABILITY_MODE),
    socket("shutdown", Rights::SHUTDOWN, "shut down one or both directions", "CAP_SHUTDOWN")
        .linux(&[on(Call::shutdown, 0)]),
    socket("getpeername", Rights::GETPEERNAME, "ask for its peer's address", "CAP_GETPEERNAME")
        .linux(&[on(Call::getpeername, 0)]),
    socket("getsockname", Rights::GETSOCKNAME, "ask for its own address", "CAP_GETSOCKNAME")
        .linux(&[on(Call::getsockname, 0)]),
    socket("getsockopt", Rights::GETSOCKOPT, "read its options", "CAP_GETSOCKOPT").linux(GETSOCKOPT).on_linux(OPTIONS),
    socket("setsockopt", Rights::SETSOCKOPT, "set its options", "CAP_SETSOCKOPT").linux(SETSOCKOPT).on_linux(OPTIONS),
    socket("peeloff", Rights::PEELOFF, "peel off an SCTP association", "CAP_PEELOFF")
        .on_linux(Refused("it mints a descriptor through getsockopt; peel off before entry")),
    socket(
        "sock_client",
        EITHER_SIDE,
        "what a connected client does: all but `connect` and `peeloff`",
        "CAP_SOCK_CLIENT",
    ),
    socket(
        "sock_server",
        SERVER,
        "what a listening server does: all but `bind` and `peeloff`; with a list `accept(…)`",
        "CAP_SOCK_SERVER",
    ),
];
