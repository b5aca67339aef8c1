//! Declarations that do not fit their objects, and rights that the system cannot enforce: refused at entry, with a help
//! line, rather than later with a baffling errno.

use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_rt::{Declared, Dir, ErrorKind, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;

use crate::probe::{Probe, assert_failed};
use crate::sys;

/// An object, a declaration that does not fit it, words of the error, and a declaration that fits.
struct Pair {
    name: &'static str,
    object: fn() -> OwnedFd,
    wrong: &'static str,
    words: &'static str,
    right: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair { name: "path", object: path, wrong: "read", words: "O_PATH", right: "hold" },
    Pair { name: "write_only", object: write_only, wrong: "read", words: "for writing only", right: "write" },
    Pair { name: "write_only::pread", object: write_only, wrong: "pread", words: "for writing only", right: "pwrite" },
    Pair { name: "append", object: append, wrong: "read + write", words: "for writing only", right: "write" },
    Pair { name: "read_only", object: read_only, wrong: "write", words: "for reading only", right: "read" },
    Pair {
        name: "read_only::ftruncate",
        object: read_only,
        wrong: "ftruncate",
        words: "for reading only",
        right: "seek",
    },
    // FreeBSD opens both ends for both.
    #[cfg(target_os = "linux")]
    Pair { name: "pipe", object: pipe_reader, wrong: "write", words: "for reading only", right: "read" },
    Pair {
        name: "connected",
        object: connected,
        wrong: "accept(read)",
        words: "does not listen",
        right: "recv + send",
    },
    Pair { name: "file::accept", object: read_only, wrong: "accept(read)", words: "does not listen", right: "read" },
    Pair { name: "unconnected", object: unconnected, wrong: "send", words: "without a peer", right: "recv" },
    Pair { name: "unix_unconnected", object: unix_unconnected, wrong: "write", words: "without a peer", right: "read" },
    Pair { name: "file::lookup", object: read_only, wrong: "lookup + read", words: "not a directory", right: "read" },
    Pair {
        name: "directory",
        object: || dir(scratch::folder()),
        wrong: "accept(read)",
        words: "does not listen",
        right: "lookup",
    },
    #[cfg(target_os = "linux")]
    Pair { name: "procfs", object: || dir("/proc"), wrong: "lookup + read", words: "in procfs", right: "hold" },
    #[cfg(target_os = "linux")]
    Pair { name: "procfs::self", object: || dir("/proc/self"), wrong: "lookup", words: "in procfs", right: "hold" },
    #[cfg(target_os = "linux")]
    Pair { name: "procfs::above", object: || dir("/"), wrong: "lookup + read", words: "beneath it", right: "hold" },
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("mismatch::sendable", sendable),
        Case::new("mismatch::unenforceable", unenforceable),
        Case::new("mismatch::ioctl", forbidden_ioctl),
        Case::new("mismatch::closed", closed),
    ];
    for pair in PAIRS {
        cases.push(Case::new(format!("mismatch::{}", pair.name), move || differs(pair)));
    }
    cases
}

fn path() -> OwnedFd {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().read(true).custom_flags(libc::O_PATH).open("/etc/passwd").expect("a handle").into()
}

fn read_only() -> OwnedFd {
    File::open(scratch::file("content", "content")).expect("a file").into()
}

fn write_only() -> OwnedFd {
    File::create(scratch::path("content")).expect("a file").into()
}

fn append() -> OwnedFd {
    File::options().append(true).open(scratch::file("content", "content")).expect("a file").into()
}

#[cfg(target_os = "linux")]
fn pipe_reader() -> OwnedFd {
    std::io::pipe().expect("a pipe").0.into()
}

fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).expect("a listener")
}

fn connected() -> OwnedFd {
    TcpStream::connect(listener().local_addr().expect("an address")).expect("a connection").into()
}

fn unconnected() -> OwnedFd {
    UdpSocket::bind(("127.0.0.1", 0)).expect("a socket").into()
}

fn unix_unconnected() -> OwnedFd {
    UnixDatagram::unbound().expect("a socket").into()
}

fn dir(path: impl AsRef<Path>) -> OwnedFd {
    Dir::open_path(path).expect("a directory").into()
}

fn declared(rights: &str) -> Declared {
    rights.parse().unwrap_or_else(|error| panic!("{rights}: {error:?}"))
}

fn differs(pair: &Pair) {
    let probe = Probe::new();
    let object = (pair.object)();
    let error = Sandbox::new("entry").grant("thing", &object, declared(pair.wrong)).enter().expect_err("a mismatch");
    assert_failed(&error);
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Mismatch, Some("thing")), "{error}");
    assert!(error.operation().contains(pair.words), "{error}");
    assert!(error.help_line().is_some() && !error.is_partial(), "{error}");
    assert!(error.to_string().contains("cannot confine `entry`: `thing`: "), "{error}");
    probe.assert_free();
    Sandbox::new("entry").grant("thing", &object, declared(pair.right)).enter().expect("entry with what fits");
    probe.assert_refused();
}

/// A datagram socket with a peer, and a stream, may be declared with `send`.
fn sendable() {
    let (one, other) = UnixDatagram::pair().expect("sockets");
    let udp = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    udp.connect(udp.local_addr().expect("an address")).expect("a peer");
    let stream = connected();
    Sandbox::new("entry")
        .grant("one", &one, declared("send"))
        .grant("other", &other, declared("recv"))
        .grant("udp", &udp, declared("send + recv"))
        .grant("stream", &stream, declared("send + recv"))
        .enter()
        .expect("entry");
    assert_eq!(one.send(b"datagram").expect("send"), 8);
    assert_eq!(other.recv(&mut [0; 16]).expect("receive"), 8);
    assert_eq!(udp.send(b"datagram").expect("send"), 8);
    assert_eq!(udp.recv(&mut [0; 16]).expect("receive"), 8);
}

/// Every right that the vocabulary says this system cannot enforce.
fn unenforceable() {
    let probe = Probe::new();
    let object = File::options().read(true).write(true).open(scratch::file("content", "content")).expect("a file");
    let mut refused = 0;
    for row in vocabulary::rows().filter(|row| row.is_spoken() && !row.is_composite()) {
        let enforcement = if cfg!(target_os = "freebsd") { row.on_freebsd } else { row.on_linux };
        let Enforcement::Refused(reason) = enforcement else { continue };
        let error = Sandbox::new("entry").grant("thing", &object, row.rights).enter().expect_err(row.name);
        assert_failed(&error);
        if error.kind() == ErrorKind::Mismatch {
            // The object does not fit it either.
            continue;
        }
        assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Unenforceable, Some("thing")), "{error}");
        assert!(error.operation().contains(reason) && !error.is_partial(), "{error}");
        refused += 1;
    }
    assert!(refused > 0, "the vocabulary has no right that this system refuses");
    probe.assert_free();
}

fn forbidden_ioctl() {
    // TIOCSTI types into the terminal.
    const REQUEST: &str = if cfg!(target_os = "freebsd") { "0x80017472" } else { "0x5412" };
    let object = read_only();
    let rights = declared(&format!("read + ioctl({REQUEST})"));
    let error = Sandbox::new("entry").grant("thing", &object, rights).enter().expect_err("TIOCSTI");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unenforceable, false), "{error}");
    assert!(error.operation().contains(REQUEST) && error.help_line().is_some(), "{error}");
}

/// A number that is not open any more.
fn closed() {
    struct Stale(OwnedFd);
    impl AsFd for Stale {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
    let probe = Probe::new();
    let stale = Stale(read_only());
    sys::close(&stale.0);
    let error = Sandbox::new("entry").grant("thing", &stale, Rights::READ).enter().expect_err("it is closed");
    std::mem::forget(stale);
    assert_failed(&error);
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Mismatch, Some("thing")), "{error}");
    assert!(error.help_line().is_some() && !error.is_partial(), "{error}");
    probe.assert_free();
}
