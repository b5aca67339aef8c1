//! What std does in capability mode, with the fewest rights.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sandbox_rt::{Allow, Declared, OnViolation, Sandbox};
use sandbox_tests::check::{expect_errno, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::Errno;

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("std::files", files),
        Case::new("std::files::refused", files_refused),
        Case::new("std::streams", streams),
        Case::new("std::datagrams", datagrams),
        Case::new("std::listeners", listeners),
        Case::new("std::outward", outward),
        Case::new("std::terminals", terminals),
    ];
    for on_violation in [OnViolation::Error, OnViolation::Report, OnViolation::Kill] {
        let name = format!("std::waiting::{on_violation:?}").to_lowercase();
        cases.push(Case::new(name, move || waiting(on_violation)));
    }
    cases
}

fn rights(text: &str) -> Declared {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn sandbox() -> Sandbox<'static> {
    Sandbox::new("std").on_violation(OnViolation::Error)
}

fn file() -> File {
    File::options().read(true).write(true).open(scratch::file("content", "content")).expect("a file")
}

fn files() {
    let mut file = file();
    let all = "pread + pwrite + fstat + fsync + ftruncate + fchmod + futimes + flock + dup";
    sandbox().grant("file", &file, rights(all)).enter().expect("entry");
    let mut text = String::new();
    expect_ok("read_to_string", file.read_to_string(&mut text));
    assert_eq!(text, "content");
    expect_ok("write_all", file.write_all(b", and more"));
    assert_eq!(expect_ok("stream_position", file.stream_position()), 17);
    expect_ok("seek", file.seek(SeekFrom::Start(0)));
    expect_ok("read_at", file.read_at(&mut [0; 4], 3));
    expect_ok("write_at", file.write_at(b"x", 3));
    assert_eq!(expect_ok("metadata", file.metadata()).len(), 17);
    expect_ok("sync_all", file.sync_all());
    expect_ok("sync_data", file.sync_data());
    expect_ok("set_len", file.set_len(3));
    expect_ok("set_permissions", file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)));
    expect_ok("set_modified", file.set_modified(std::time::SystemTime::UNIX_EPOCH));
    expect_ok("lock", file.lock());
    expect_ok("unlock", file.unlock());
    expect_ok("try_clone", file.try_clone());
    expect_ok("flush", file.flush());
}

fn files_refused() {
    let mut file = file();
    sandbox().grant("file", &file, rights("read")).enter().expect("entry");
    let lacks = Errno::ENOTCAPABLE;
    expect_errno("write", file.write(b"x"), lacks);
    expect_errno("seek", file.seek(SeekFrom::Start(0)), lacks);
    expect_errno("read_at", file.read_at(&mut [0; 4], 3), lacks);
    expect_errno("metadata", file.metadata(), lacks);
    expect_errno("sync_all", file.sync_all(), lacks);
    expect_errno("set_len", file.set_len(3), lacks);
    expect_errno("set_modified", file.set_modified(std::time::SystemTime::UNIX_EPOCH), lacks);
    expect_errno("lock", file.lock(), lacks);
    let error = file.metadata().expect_err("refused");
    assert!(sandbox_rt::is_denied(&error), "{error}");
    // Neither its size nor its position can be asked for, and nothing needs them.
    let mut bytes = Vec::new();
    expect_ok("read_to_end", file.read_to_end(&mut bytes));
    assert_eq!(bytes, b"content");
}

fn streams() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let mut client = TcpStream::connect(listener.local_addr().expect("its address")).expect("a connection");
    let (mut served, _) = listener.accept().expect("its other side");
    sandbox()
        .grant("client", &client, rights("recv + send"))
        .grant(
            "served",
            &served,
            rights("recv + send + shutdown + nonblocking + getpeername + getsockname + getsockopt + setsockopt"),
        )
        .enter()
        .expect("entry");
    expect_ok("write", client.write_all(b"to the server"));
    expect_ok("peek", served.peek(&mut [0; 4]));
    expect_ok("read", served.read(&mut [0; 64]));
    expect_ok("peer_addr", served.peer_addr());
    expect_ok("local_addr", served.local_addr());
    expect_ok("set_nodelay", served.set_nodelay(true));
    expect_ok("nodelay", served.nodelay());
    expect_ok("set_read_timeout", served.set_read_timeout(Some(Duration::from_secs(1))));
    expect_ok("take_error", served.take_error());
    expect_ok("set_nonblocking", served.set_nonblocking(true));
    expect_ok("shutdown", served.shutdown(std::net::Shutdown::Both));
    let lacks = Errno::ENOTCAPABLE;
    expect_errno("peer_addr", client.peer_addr(), lacks);
    expect_errno("set_nodelay", client.set_nodelay(true), lacks);
    expect_errno("set_nonblocking", client.set_nonblocking(true), lacks);
    expect_errno("shutdown", client.shutdown(std::net::Shutdown::Both), lacks);
}

fn datagrams() {
    let [socket, peer] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").expect("a socket"));
    let address = peer.local_addr().expect("its address");
    socket.connect(address).expect("connect");
    sandbox().grant("socket", &socket, rights("send")).grant("peer", &peer, rights("recv")).enter().expect("entry");
    expect_ok("send", socket.send(b"datagram"));
    assert_eq!(expect_ok("recv_from", peer.recv_from(&mut [0; 64])).0, 8);
    let error = socket.send_to(b"datagram", address).expect_err("an address");
    assert!(sandbox_rt::is_denied(&error) && error.raw_os_error() == Some(libc::ECAPMODE), "{error}");
    expect_errno("recv", socket.recv(&mut [0; 4]), Errno::ENOTCAPABLE);
}

/// What a listener accepts has the listener's rights.
fn listeners() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let mut client = TcpStream::connect(listener.local_addr().expect("its address")).expect("a connection");
    client.write_all(b"hello").expect("send");
    sandbox()
        .grant("listener", &listener, rights("accept(recv + send)"))
        .grant("client", &client, rights("recv"))
        .enter()
        .expect("entry");
    let (mut stream, _) = expect_ok("accept", listener.accept());
    expect_ok("read", stream.read_exact(&mut [0; 5]));
    expect_ok("write", stream.write_all(b"answer"));
    let lacks = Errno::ENOTCAPABLE;
    expect_errno("set_nodelay", stream.set_nodelay(true), lacks);
    expect_errno("peer_addr", stream.peer_addr(), lacks);
    expect_errno("set_nonblocking", stream.set_nonblocking(true), lacks);
    expect_errno("shutdown", stream.shutdown(std::net::Shutdown::Both), lacks);
    expect_ok("try_clone", stream.try_clone());
    expect_ok("read the answer", client.read_exact(&mut [0; 6]));
}

/// What would lead out.
fn outward() {
    sandbox().enter().expect("entry");
    let mode = Errno::ECAPMODE;
    expect_errno("open", File::open("/etc/passwd"), mode);
    expect_errno("create", File::create("/tmp/sandbox-test"), mode);
    expect_errno("connect", TcpStream::connect("127.0.0.1:9"), mode);
    expect_errno("listen", TcpListener::bind("127.0.0.1:0"), mode);
    expect_errno("start a program", Command::new("/bin/sh").args(["-c", "exit 0"]).spawn(), mode);
    expect_errno("current_dir", std::env::current_dir(), mode);
    expect_errno("read_dir", std::fs::read_dir("/"), mode);
    std::env::current_exe().expect_err("the program's path");
}

fn terminals() {
    let (asked, _controller) = sys::terminal();
    let (silent, _other) = sys::terminal();
    sandbox()
        .grant("asked", &asked, rights("isatty"))
        .grant("silent", &silent, rights("write"))
        .enter()
        .expect("entry");
    assert!(asked.is_terminal());
    assert!(!silent.is_terminal());
}

/// Waiting in all its forms, of which one system call is not there in capability mode.
fn waiting(on_violation: OnViolation) {
    Sandbox::new("std").allow(Allow::Threads).on_violation(on_violation).enter().expect("entry");
    let wanted = Duration::from_millis(20);
    let lasts = |what: &str, wait: &dyn Fn()| {
        let start = Instant::now();
        wait();
        let elapsed = start.elapsed();
        assert!(elapsed >= wanted && elapsed < Duration::from_secs(10), "{what}: {elapsed:?}");
    };
    lasts("sleep", &|| thread::sleep(wanted));
    lasts("recv_timeout", &|| {
        let (_sender, receiver) = mpsc::channel::<()>();
        receiver.recv_timeout(wanted).expect_err("nothing comes");
    });
    lasts("poll", &|| {
        let time = rustix::event::Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
        rustix::event::poll(&mut [], Some(&time)).expect("poll");
    });
    lasts("a thread's sleep", &|| thread::spawn(move || thread::sleep(wanted)).join().expect("the thread"));
    thread::park_timeout(wanted);
    assert!(thread::available_parallelism().is_ok());
}
