//! Rights that were granted, stretched: other flags, other options, other requests than those they stand for.

use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd as _;

use libc::{MAP_PRIVATE, MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE, SOL_SOCKET};
use sandbox_rt::{OnViolation, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Errno, call};
use sandbox_tests::{args, scratch};

use crate::attempt::{Outcome, Special};
use crate::world::{SECRET, declared};

const PAGE: usize = 4096;
/// What an int argument's upper half may hold without meaning anything.
const GARBAGE: u64 = 0x5a4d_b0c5_0000_0000;

/// asm-generic/ioctls.h; the types of requests differ between C libraries.
const FIOCLEX: u64 = 0x5451;

/// Descriptors with rights that have conditions.
#[derive(Debug)]
struct Granted {
    /// `seek_tell`.
    told: File,
    /// `write + fcntl(getfl, setfl, setown)`, open for appending.
    log: File,
    /// `mmap_r`.
    mapped: File,
    /// `ioctl(FIONREAD)`.
    asked: File,
    /// `pwrite`.
    placed: File,
    /// `sock_client`.
    connected: TcpStream,
    /// `send`, connected to `peer`.
    datagram: UdpSocket,
    /// `hold`.
    peer: UdpSocket,
    parent: u32,
    group: i32,
}

impl Granted {
    fn new() -> Self {
        let file = |name| {
            let path = scratch::file(name, SECRET);
            File::options().read(true).write(true).open(path).expect("open a file")
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
        let udp = || UdpSocket::bind(("127.0.0.1", 0)).expect("a datagram socket");
        let (datagram, peer) = (udp(), udp());
        datagram.connect(peer.local_addr().expect("its address")).expect("connect");
        Self {
            told: file("told"),
            log: File::options().append(true).open(scratch::file("log", SECRET)).expect("open the log"),
            mapped: file("mapped"),
            asked: file("asked"),
            placed: file("placed"),
            connected: TcpStream::connect(listener.local_addr().expect("its address")).expect("connect"),
            datagram,
            peer,
            parent: std::os::unix::process::parent_id(),
            group: rustix::process::getpgrp().as_raw_nonzero().get(),
        }
    }

    fn enter(&self) {
        Sandbox::new("stretched")
            .on_violation(OnViolation::Error)
            .grant("told", &self.told, declared("seek_tell"))
            .grant("log", &self.log, declared("write + fcntl(getfl, setfl, setown)"))
            .grant("mapped", &self.mapped, declared("mmap_r"))
            .grant("asked", &self.asked, declared("ioctl(0x541b)"))
            .grant("placed", &self.placed, declared("pwrite"))
            .grant("connected", &self.connected, declared("sock_client"))
            .grant("datagram", &self.datagram, declared("send"))
            .grant("peer", &self.peer, declared("hold"))
            .enter()
            .expect("enter");
        // What was declared works.
        seek(self, 0, libc::SEEK_CUR.unsigned_abs().into()).expect("ask for the position");
        map(self, PROT_READ, MAP_PRIVATE).expect("map for reading");
        set_flags(self, libc::O_APPEND | libc::O_NONBLOCK).expect("set flags");
        request(self, libc::FIONREAD).expect("the request");
        call(libc::SYS_write, args![self.datagram.as_raw_fd(), b"x", 1]).expect("send to its peer");
        option(self, libc::SO_KEEPALIVE, 4).expect("an ordinary option");
    }
}

type Act = fn(&Granted) -> Result<i64, Errno>;

const ATTEMPTS: &[(&str, Act)] = &[
    ("move the position", |g| seek(g, 1, 1)),
    ("go to the start", |g| seek(g, 0, 0)),
    ("go to the end", |g| seek(g, 0, 2)),
    ("go to a hole", |g| seek(g, 0, 4)),
    ("go to the start with garbage", |g| seek(g, 0, GARBAGE)),
    ("go far with a small lower half", |g| seek(g, 1 << 32, 1)),
    ("end append mode", |g| set_flags(g, 0)),
    ("end append mode and set another", |g| set_flags(g, libc::O_NONBLOCK)),
    ("ask for signals", |g| set_flags(g, libc::O_APPEND | libc::O_ASYNC)),
    ("leave out the access time", |g| set_flags(g, libc::O_APPEND | libc::O_NOATIME)),
    ("have the parent signalled", |g| call(libc::SYS_fcntl, args![g.log.as_raw_fd(), libc::F_SETOWN, g.parent])),
    ("have a group signalled", |g| call(libc::SYS_fcntl, args![g.log.as_raw_fd(), libc::F_SETOWN, -g.group])),
    ("choose the signal", |g| {
        const F_SETSIG: i32 = 10;
        call(libc::SYS_fcntl, args![g.log.as_raw_fd(), F_SETSIG, libc::SIGUSR1])
    }),
    ("take a lease", |g| {
        // A file that only this process has open.
        call(libc::SYS_fcntl, args![g.asked.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK])
    }),
    ("map it shared", |g| map(g, PROT_READ, MAP_SHARED)),
    ("map it shared to write", |g| map(g, PROT_READ | PROT_WRITE, MAP_SHARED)),
    ("map it shared and validated", |g| map(g, PROT_READ | PROT_WRITE, libc::MAP_SHARED_VALIDATE)),
    ("map it to execute", |g| map(g, PROT_READ | PROT_EXEC, MAP_PRIVATE)),
    ("map it and then execute", |g| {
        let page = map(g, PROT_READ, MAP_PRIVATE)?;
        call(libc::SYS_mprotect, args![page, PAGE, PROT_READ | PROT_EXEC])
    }),
    ("map it writable and then execute", |g| {
        let page = map(g, PROT_READ | PROT_WRITE, MAP_PRIVATE)?;
        call(libc::SYS_mprotect, args![page, PAGE, PROT_READ | PROT_EXEC])
    }),
    ("make another request", |g| request(g, libc::FIOCLEX)),
    ("make another request with a known lower part", |g| {
        call(libc::SYS_ioctl, args![g.asked.as_raw_fd(), GARBAGE | FIOCLEX, 0])
    }),
    ("cut by reserving", |g| {
        const FALLOC_FL_KEEP_SIZE_AND_PUNCH_HOLE: i32 = 3;
        call(libc::SYS_fallocate, args![g.placed.as_raw_fd(), FALLOC_FL_KEEP_SIZE_AND_PUNCH_HOLE, 0, 4096])
    }),
    ("read by a position", |g| call(libc::SYS_pread64, args![g.placed.as_raw_fd(), &mut [0_u8; 8], 8, 0])),
    ("write at an offset of the log", |g| {
        const RWF_NOAPPEND: i32 = 0x20;
        let data = *b"mine";
        let vector = [data.as_ptr().expose_provenance(), 4];
        call(libc::SYS_pwritev2, args![g.log.as_raw_fd(), &vector, 1, 0, 0, RWF_NOAPPEND])
    }),
    ("write at the position and not at the end", |g| {
        const RWF_NOAPPEND: i32 = 0x20;
        let data = *b"mine";
        let vector = [data.as_ptr().expose_provenance(), 4];
        call(libc::SYS_pwritev2, args![g.log.as_raw_fd(), &vector, 1, -1, -1, RWF_NOAPPEND])
    }),
    ("send to somebody else", |g| {
        let mut address = [0_u8; 16];
        address[..4].copy_from_slice(&[2, 0, 0, 9]);
        address[4..8].copy_from_slice(&[127, 0, 0, 1]);
        call(libc::SYS_sendto, args![g.datagram.as_raw_fd(), b"x", 1, 0, &address, 16])
    }),
    ("connect to somebody else", |g| {
        let mut address = [0_u8; 16];
        address[..4].copy_from_slice(&[2, 0, 0, 9]);
        address[4..8].copy_from_slice(&[127, 0, 0, 1]);
        call(libc::SYS_connect, args![g.datagram.as_raw_fd(), &address, 16])
    }),
    ("disconnect", |g| call(libc::SYS_connect, args![g.connected.as_raw_fd(), &[0_u8; 16], 16])),
    ("ask for time stamps", |g| option(g, libc::SO_TIMESTAMP, 4)),
    ("share the port", |g| option(g, libc::SO_REUSEADDR, 4)),
    ("lock its filter", |g| option(g, libc::SO_LOCK_FILTER, 4)),
    ("set an option of another level", |g| {
        // The number of TCP_KEEPCNT, which may be set.
        call(libc::SYS_setsockopt, args![g.connected.as_raw_fd(), libc::IPPROTO_IP, libc::IP_RECVOPTS, &[1_i32], 4])
    }),
    ("set an option with garbage", |g| {
        let option = GARBAGE | u64::from(libc::SO_TIMESTAMP.unsigned_abs());
        call(libc::SYS_setsockopt, args![g.connected.as_raw_fd(), SOL_SOCKET, option, &[1_i32], 4])
    }),
    ("ask who the peer is", |g| {
        let (number, option) = (g.connected.as_raw_fd(), libc::SO_PEERCRED);
        call(libc::SYS_getsockopt, args![number, SOL_SOCKET, option, &mut [0_u32; 3], &mut [12_u32]])
    }),
    ("send a message", |g| {
        let data = *b"x";
        let vector = [data.as_ptr().expose_provenance(), 1];
        let message = [0, 0, vector.as_ptr().expose_provenance(), 1, 0, 0, 0];
        call(libc::SYS_sendmsg, args![g.datagram.as_raw_fd(), &message, 0])
    }),
];

pub(crate) fn cases() -> Vec<Case> {
    ATTEMPTS
        .iter()
        .map(|&(name, act)| {
            let refused = Outcome::Fails(&[Errno::EPERM]);
            Special { name, make: Granted::new, enter: Granted::enter, act, refused }.case("widening")
        })
        .collect()
}

fn seek(granted: &Granted, offset: i64, whence: u64) -> Result<i64, Errno> {
    call(libc::SYS_lseek, args![granted.told.as_raw_fd(), offset, whence])
}

fn set_flags(granted: &Granted, flags: i32) -> Result<i64, Errno> {
    call(libc::SYS_fcntl, args![granted.log.as_raw_fd(), libc::F_SETFL, flags])
}

fn map(granted: &Granted, protection: i32, flags: i32) -> Result<i64, Errno> {
    call(libc::SYS_mmap, args![0, PAGE, protection, flags, granted.mapped.as_raw_fd(), 0])
}

fn request(granted: &Granted, request: libc::Ioctl) -> Result<i64, Errno> {
    call(libc::SYS_ioctl, args![granted.asked.as_raw_fd(), request, &mut [0_i32]])
}

fn option(granted: &Granted, option: i32, length: u32) -> Result<i64, Errno> {
    call(libc::SYS_setsockopt, args![granted.connected.as_raw_fd(), SOL_SOCKET, option, &[1_i32], length])
}
