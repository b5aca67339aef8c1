//! Sockets: new ones, addresses, what travels beside the data.

use std::os::fd::AsRawFd as _;

use libc::{AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM};
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::attempt::Attempt;
use crate::world::{Under, World};

pub(crate) fn attempts() -> Vec<Attempt> {
    vec![
        Attempt::new("a TCP socket", |_| call(libc::SYS_socket, args![AF_INET, SOCK_STREAM, 0])),
        Attempt::new("a UDP socket", |_| call(libc::SYS_socket, args![AF_INET6, SOCK_DGRAM, 0])),
        Attempt::new("a unix socket", |_| call(libc::SYS_socket, args![AF_UNIX, SOCK_STREAM, 0])),
        Attempt::new("a netlink socket", |_| call(libc::SYS_socket, args![AF_NETLINK, SOCK_RAW, 0])),
        Attempt::new("a pair of sockets", |_| {
            call(libc::SYS_socketpair, args![AF_UNIX, SOCK_STREAM, 0, &mut [0_i32; 2]])
        }),
        Attempt::new("bind", |_| {
            let socket = call(libc::SYS_socket, args![AF_INET, SOCK_DGRAM, 0]).unwrap_or(3);
            call(libc::SYS_bind, args![socket, &here(0), 16])
        }),
        Attempt::new("connect a datagram socket", |w| {
            call(libc::SYS_connect, args![w.datagram.as_raw_fd(), &here(w.port()), 16])
        }),
        Attempt::new("disconnect a stream", |w| {
            let unspecified = [0_u8; 16];
            call(libc::SYS_connect, args![w.caller.as_raw_fd(), &unspecified, 16])
        }),
        Attempt::new("send to an address", |w| {
            call(libc::SYS_sendto, args![w.datagram.as_raw_fd(), b"x", 1, 0, &here(w.port()), 16])
        }),
        Attempt::new("send a message to an address", |w| {
            let (address, mut data) = (here(w.port()), *b"x");
            let vector = vector(&mut data);
            let message = message(&address, &vector, &[]);
            call(libc::SYS_sendmsg, args![w.datagram.as_raw_fd(), &message, 0])
        }),
        Attempt::new("send messages", |w| {
            let mut data = *b"x";
            let vector = vector(&mut data);
            let mut messages = [0_usize; 8];
            messages[..7].copy_from_slice(&message(&[], &vector, &[]));
            call(libc::SYS_sendmmsg, args![w.stream.as_raw_fd(), &mut messages, 1, 0])
        }),
        Attempt::new("send a descriptor", |w| {
            let mut data = *b"x";
            let control = control(w.held.as_raw_fd());
            let vector = vector(&mut data);
            let message = message(&[], &vector, &control);
            call(libc::SYS_sendmsg, args![w.stream.as_raw_fd(), &message, 0])
        }),
        Attempt::new("receive a message", |w| {
            let (mut data, mut control) = ([0_u8; 8], [0_u64; 8]);
            call(libc::SYS_write, args![w.peer.as_raw_fd(), b"x", 1]).ok();
            let vector = vector(&mut data);
            let mut message = message(&[], &vector, &[]);
            message[4] = control.as_mut_ptr().expose_provenance();
            message[5] = 64;
            call(libc::SYS_recvmsg, args![w.stream.as_raw_fd(), &mut message, libc::MSG_DONTWAIT])
        }),
        Attempt::new("send and connect at once", |w| {
            // On a connected socket the flag says nothing; a filter must not have to know.
            call(libc::SYS_sendto, args![w.stream.as_raw_fd(), b"x", 1, libc::MSG_FASTOPEN, 0, 0])
        }),
        Attempt::new("accept", |w| call(libc::SYS_accept, args![w.listener.as_raw_fd(), 0, 0]))
            .not_under(&[Under::Accept]),
        Attempt::new("accept4", |w| call(libc::SYS_accept4, args![w.listener.as_raw_fd(), 0, 0, libc::SOCK_CLOEXEC]))
            .not_under(&[Under::Accept]),
        Attempt::new("listen", |w| call(libc::SYS_listen, args![w.listener.as_raw_fd(), 8])),
        Attempt::new("shut down", |w| call(libc::SYS_shutdown, args![w.stream.as_raw_fd(), libc::SHUT_RDWR])),
        Attempt::new("ask for the own address", |w| {
            call(libc::SYS_getsockname, args![w.stream.as_raw_fd(), &mut [0_u8; 128], &mut [128_u32]])
        }),
        Attempt::new("ask for the peer's address", |w| {
            call(libc::SYS_getpeername, args![w.stream.as_raw_fd(), &mut [0_u8; 128], &mut [128_u32]])
        }),
        Attempt::new("ask who the peer is", |w| {
            let (level, option) = (libc::SOL_SOCKET, libc::SO_PEERCRED);
            call(libc::SYS_getsockopt, args![w.stream.as_raw_fd(), level, option, &mut [0_u32; 3], &mut [12_u32]])
        }),
        Attempt::new("take the peer's process descriptor", |w| {
            const SO_PEERPIDFD: i32 = 77;
            let level = libc::SOL_SOCKET;
            call(libc::SYS_getsockopt, args![w.stream.as_raw_fd(), level, SO_PEERPIDFD, &mut [0_u32], &mut [4_u32]])
        }),
        Attempt::new("attach a filter to a socket", |w| {
            let accept_all: u64 = 0xffff_ffff_0000_0006;
            let program = [1_usize, std::ptr::from_ref(&accept_all).expose_provenance()];
            let option = libc::SO_ATTACH_FILTER;
            call(libc::SYS_setsockopt, args![w.datagram.as_raw_fd(), libc::SOL_SOCKET, option, &program, 16])
        }),
        Attempt::new("let descriptors in", |w| {
            let (level, option) = (libc::SOL_SOCKET, libc::SO_PASSCRED);
            call(libc::SYS_setsockopt, args![w.stream.as_raw_fd(), level, option, &[1_u32], 4])
        }),
    ]
}

impl World {
    fn port(&self) -> u16 {
        // Asked for before entry only: afterwards any number does.
        self.datagram.local_addr().map_or(9, |address| address.port())
    }
}

/// `struct sockaddr_in` of this machine.
fn here(port: u16) -> [u8; 16] {
    let mut address = [0; 16];
    address[..2].copy_from_slice(&2_u16.to_ne_bytes());
    address[2..4].copy_from_slice(&port.to_be_bytes());
    address[4..8].copy_from_slice(&[127, 0, 0, 1]);
    address
}

fn vector(buffer: &mut [u8]) -> [usize; 2] {
    [buffer.as_mut_ptr().expose_provenance(), buffer.len()]
}

/// `struct msghdr`; what it points at must outlive the call.
fn message(address: &[u8], vector: &[usize; 2], control: &[u32]) -> [usize; 7] {
    let pointer = |empty: bool, pointer: usize| if empty { 0 } else { pointer };
    [
        pointer(address.is_empty(), address.as_ptr().expose_provenance()),
        address.len(),
        vector.as_ptr().expose_provenance(),
        1,
        pointer(control.is_empty(), control.as_ptr().expose_provenance()),
        control.len() * 4,
        0,
    ]
}

/// `struct cmsghdr` with one descriptor, and its padding.
fn control(descriptor: i32) -> [u32; 6] {
    [20, 0, 1, 1, descriptor.unsigned_abs(), 0]
}
