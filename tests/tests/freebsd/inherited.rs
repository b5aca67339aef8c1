//! What children, threads, copies and peers get; what becomes of descriptors that nobody declared.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::thread;

use sandbox_rt::{Allow, Declared, OnViolation, Rights, Sandbox};
use sandbox_tests::check::{expect_denied, expect_errno, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{End, Errno, forked};

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("inherited::by_fork", by_fork),
        Case::new("inherited::by_threads", by_threads),
        Case::new("inherited::by_copies", by_copies),
        Case::new("inherited::over_a_socket", over_a_socket),
        Case::new("inherited::from_outside", from_outside),
        Case::new("inherited::undeclared", undeclared),
        Case::new("inherited::made_inside", made_inside),
    ]
}

fn file(name: &str) -> File {
    let path = scratch::file(name, "content");
    File::options().read(true).write(true).open(path).expect("a file")
}

fn sandbox() -> Sandbox<'static> {
    Sandbox::new("inherited").on_violation(OnViolation::Error)
}

/// What nothing that is confined may do.
fn assert_confined(undeclared: &File) {
    assert!(sys::in_capability_mode());
    expect_errno("open", File::open("/etc/passwd"), Errno::ECAPMODE);
    expect_errno("read what is undeclared", { undeclared }.read(&mut [0; 4]), Errno::ENOTCAPABLE);
}

fn by_fork() {
    let undeclared = file("undeclared");
    let child = forked(|| {
        let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
        sandbox()
            .grant("reader", &reader, Rights::READ)
            .grant("writer", &writer, Rights::WRITE)
            .enter()
            .expect("entry");
        // Nobody waits for it: before FreeBSD 15 capability mode has no wait4.
        sys::fork(|| {
            assert_confined(&undeclared);
            writer.write_all(b"!").expect("tell");
        })
        .expect("fork");
        reader.read_exact(&mut [0]).expect("the child is confined");
        assert_confined(&undeclared);
    });
    assert_eq!(child.end, End::Exited(0), "{child:?}");
}

fn by_threads() {
    let undeclared = file("undeclared");
    sandbox().allow(Allow::Threads).enter().expect("entry");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_confined(&undeclared));
        }
    });
}

fn by_copies() {
    let mut file = file("file");
    sandbox().grant("file", &file, Rights::READ).enter().expect("entry");
    let mut copy = file.try_clone().expect("a copy");
    assert_eq!(copy.read(&mut [0; 4]).expect("read"), 4);
    expect_errno("write through a copy", copy.write(b"w"), Errno::ENOTCAPABLE);
    expect_errno("metadata of a copy", copy.metadata(), Errno::ENOTCAPABLE);
    drop(copy);
    assert_eq!(file.read(&mut [0; 4]).expect("read the original"), 3);
}

/// A descriptor that is passed on keeps its rights, and an undeclared one stays useless.
fn over_a_socket() {
    let (file, undeclared) = (file("file"), file("undeclared"));
    let (one, other) = UnixStream::pair().expect("a pair");
    sandbox()
        .grant("file", &file, Rights::READ)
        .grant("one", &one, Rights::WRITE)
        .grant("other", &other, Rights::READ)
        .enter()
        .expect("entry");
    expect_ok("pass it", sys::pass(&one, &file));
    let mut received: File = expect_ok("receive it", sys::receive(&other)).into();
    assert_eq!(received.read(&mut [0; 4]).expect("read"), 4);
    expect_errno("write", received.write(b"w"), Errno::ENOTCAPABLE);
    expect_errno("metadata", received.metadata(), Errno::ENOTCAPABLE);
    expect_ok("pass the other", sys::pass(&one, &undeclared));
    let received = expect_ok("receive the other", sys::receive(&other));
    assert!(sys::is_without_rights(&received));
}

/// What an unconfined process sends has the rights that it has there.
fn from_outside() {
    let (inside, outside) = UnixStream::pair().expect("a pair");
    let file = file("file");
    sys::pass(&outside, &file).expect("pass it");
    sandbox().grant("inside", &inside, Rights::READ).enter().expect("entry");
    let received: File = expect_ok("receive it", sys::receive(&inside)).into();
    expect_ok("metadata", received.metadata());
    expect_errno("metadata of the undeclared original", file.metadata(), Errno::ENOTCAPABLE);
}

/// Undeclared descriptors stay open, and are good for nothing.
fn undeclared() {
    let mut file = file("file");
    let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
    let (peer, mut ours) = UnixStream::pair().expect("a pair");
    peer.set_nonblocking(true).expect("a peer that does not block");
    let rights: Declared = "read".parse().expect("rights");
    sandbox().grant("peer", &peer, rights).enter().expect("entry");
    assert!(sys::is_without_rights(&file) && sys::is_without_rights(&reader) && sys::is_without_rights(&writer));
    expect_errno("read a file", file.read(&mut [0]), Errno::ENOTCAPABLE);
    expect_errno("write a file", file.write(b"w"), Errno::ENOTCAPABLE);
    expect_errno("its metadata", file.metadata(), Errno::ENOTCAPABLE);
    expect_errno("read a pipe", reader.read(&mut [0]), Errno::ENOTCAPABLE);
    expect_errno("write a pipe", writer.write(b"w"), Errno::ENOTCAPABLE);
    expect_errno("write a socket", ours.write(b"w"), Errno::ENOTCAPABLE);
    expect_denied("read standard input", std::io::stdin().read(&mut [0]));
    // It is open still: its peer sees no end.
    let read = { &peer }.read(&mut [0]);
    assert!(read.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "{read:?}");
    drop(ours);
    assert_eq!({ &peer }.read(&mut [0]).expect("its end"), 0);
}

/// What a process makes for itself is its own: FreeBSD does not limit it.
fn made_inside() {
    sandbox().enter().expect("entry");
    let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(b"w").expect("write");
    reader.read_exact(&mut [0]).expect("read");
    let (one, mut other) = UnixStream::pair().expect("a pair");
    other.write_all(b"w").expect("write");
    { &one }.read_exact(&mut [0]).expect("read");
    expect_errno("an address", std::net::UdpSocket::bind("127.0.0.1:0"), Errno::ECAPMODE);
    expect_errno("a listener", std::net::TcpListener::bind("127.0.0.1:0"), Errno::ECAPMODE);
    expect_errno("a connection", std::net::TcpStream::connect("127.0.0.1:9"), Errno::ECAPMODE);
}
