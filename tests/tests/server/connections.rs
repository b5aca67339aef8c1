//! A server that accepts, answers and closes, and a client in a process of its own.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use sandbox_rt::{Allow, Declared, OnViolation, Rights, Sandbox};
use sandbox_tests::args;
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{as_ordinary_user, call};

use crate::numbers::Numbers;

const CONNECTIONS: usize = 20_000;
const TIME_LIMIT: Duration = Duration::from_mins(2);
/// Hours of a server's life: in release only, where it takes about a minute.
const MANY: usize = 1_000_000;
const MANY_TIME_LIMIT: Duration = Duration::from_mins(8);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for threads in [1, 4] {
        for on_violation in [OnViolation::Error, OnViolation::Kill] {
            let name = format!("connections::{threads}::{on_violation:?}").to_lowercase();
            cases.push(Case::new(name, move || serve(threads, CONNECTIONS, on_violation)).time_limit(TIME_LIMIT));
        }
        let ordinary = move || {
            as_ordinary_user();
            serve(threads, CONNECTIONS, OnViolation::Report);
        };
        cases.push(Case::new(format!("connections::{threads}::report::ordinary"), ordinary).time_limit(TIME_LIMIT));
    }
    if !cfg!(debug_assertions) {
        let million = Case::new("connections::4::million", || serve(4, MANY, OnViolation::Error));
        cases.push(million.time_limit(MANY_TIME_LIMIT));
    }
    cases
}

/// The client: each connection is answered and ended. Then it is told that there is no server any more.
fn client(address: SocketAddr, connections: usize, mut closed: impl Read, mut done: impl Write) {
    for number in 0..connections {
        let mut stream = TcpStream::connect(address).expect("connect");
        let request = u64::try_from(number).expect("a number").to_le_bytes();
        stream.write_all(&request).expect("send");
        let mut answer = Vec::new();
        // To its end: the server's close arrives.
        stream.read_to_end(&mut answer).expect("receive");
        assert_eq!(answer, request);
    }
    done.write_all(b"d").expect("tell");
    closed.read_exact(&mut [0]).expect("wait for the listener's end");
    TcpStream::connect(address).expect_err("nobody listens any more");
    done.write_all(b"r").expect("tell");
}

fn serve(threads: usize, connections: usize, on_violation: OnViolation) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a listener that does not block");
    let (closed, mut tell_closed) = std::io::pipe().expect("a pipe");
    let (mut done, tell_done) = std::io::pipe().expect("a pipe");
    let flags = libc::c_long::from(libc::SIGCHLD);
    if call(libc::SYS_clone, args![flags, 0, 0, 0, 0]).expect("fork") == 0 {
        drop((listener, tell_closed, done));
        client(address, connections, closed, tell_done);
        std::process::exit(0);
    }
    drop((closed, tell_done));
    // An undeclared number in the middle, which must stay taken.
    let undeclared = listener.try_clone().expect("a copy");
    Sandbox::new("serve")
        .grant("listener", &listener, "accept(recv + send + shutdown) + event".parse::<Declared>().expect("rights"))
        .grant("closed", &tell_closed, Rights::WRITE)
        .grant("done", &done, "read + event".parse::<Declared>().expect("rights"))
        .allow(Allow::Threads)
        .on_violation(on_violation)
        .enter()
        .expect("entry");
    let numbers = Numbers::new();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| while accept_one(&listener, &done, &numbers) {});
        }
    });
    // Each thread has one connection at a time.
    numbers.assert_constant(threads);
    expect("the client is served", &mut done, b'd');
    if on_violation != OnViolation::Kill {
        expect_denied("accept on an undeclared copy", undeclared.accept());
    }
    // Closed below the bound, each is replaced by the inert descriptor: its peer sees the close.
    drop(undeclared);
    drop(listener);
    tell_closed.write_all(b"c").expect("tell");
    expect("no connection after the close", &mut done, b'r');
}

fn expect(what: &str, reader: &mut impl Read, expected: u8) {
    let mut byte = [0];
    reader.read_exact(&mut byte).unwrap_or_else(|error| panic!("{what}: the client has failed: {error}"));
    assert_eq!(byte[0], expected, "{what}");
}

/// Serves one connection. Gives whether there may be more.
fn accept_one(listener: &TcpListener, done: &impl AsFd, numbers: &Numbers) -> bool {
    let mut polled = [PollFd::new(listener, PollFlags::IN), PollFd::new(done, PollFlags::IN)];
    poll(&mut polled, None).expect("poll");
    if !polled[1].revents().is_empty() {
        return false;
    }
    let (mut stream, _) = match listener.accept() {
        // Another thread was faster.
        Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
        accepted => accepted.expect("accept"),
    };
    numbers.see(&stream);
    let mut request = [0; 8];
    stream.read_exact(&mut request).expect("receive");
    stream.write_all(&request).expect("send");
    if request[0] % 2 == 0 {
        stream.shutdown(Shutdown::Write).expect("shutdown");
    }
    true
}
