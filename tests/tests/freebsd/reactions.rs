//! What becomes of a refused call: it fails, it is explained, or it ends the process.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::UdpSocket;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use sandbox_rt::{Allow, OnViolation, Rights, Sandbox};
use sandbox_tests::check::{expect_denied, expect_errno};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{Child, End, Errno, forked, forked_beside};

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("reactions::error", error),
        Case::new("reactions::error::inherited_setting", inherited_setting),
        Case::new("reactions::error::turned_on_later", turned_on_later),
        Case::new("reactions::report", report),
        Case::new("reactions::report::in_a_thread", report_in_a_thread),
        Case::new("reactions::report::once", report_once),
        Case::new("reactions::report::hints", report_hints),
        Case::new("reactions::kill::hints", kill_hints),
        Case::new("reactions::kill::by_a_thread", kill_by_a_thread),
        Case::new("reactions::a_signal_of_another_kind", another_signal),
    ];
    for &(name, violation, _) in VIOLATIONS {
        cases.push(Case::new(format!("reactions::kill::{name}"), move || kill(violation)));
    }
    cases
}

/// What every violation works on: an undeclared file, a file that may be written, a socket that may send.
struct Prey {
    undeclared: File,
    out: File,
    socket: UdpSocket,
}

type Violation = fn(&mut Prey) -> std::io::Result<()>;

/// Each with what the line about it says.
const VIOLATIONS: &[(&str, Violation, &str)] = &[
    ("open", |_| File::open("/etc/passwd").map(drop), "`openat(\"/etc/passwd\")` refused: no directory is declared"),
    ("read", |prey| prey.out.read(&mut [0; 4]).map(drop), "`read` on `out` (fd "),
    ("undeclared", |prey| prey.undeclared.read(&mut [0; 4]).map(drop), " refused: it is not declared"),
    (
        "address",
        |prey| prey.socket.send_to(b"w", sys::nowhere()).map(drop),
        "`sendto` refused: a confined program names no address",
    ),
    ("bind", |_| UdpSocket::bind("127.0.0.1:0").map(drop), "`bind` refused: a confined program makes no connections"),
    ("parent", |_| rustix::process::test_kill_process(parent()).map_err(Into::into), "`kill` refused: "),
    ("shell", |_| Err(sys::shell()), "`execve(\"/bin/sh\")` refused: a confined program starts no programs"),
];

fn parent() -> rustix::process::Pid {
    rustix::process::getppid().expect("a parent")
}

fn enter(on_violation: OnViolation) -> Prey {
    let out = File::options().read(true).write(true).open(scratch::file("out", "content")).expect("a file");
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(peer.local_addr().expect("its address")).expect("connect");
    let prey = Prey { undeclared: File::open("/etc/passwd").expect("a file"), out, socket };
    Sandbox::new("prey")
        .grant("out", &prey.out, Rights::WRITE | Rights::SEEK)
        .grant("socket", &prey.socket, Rights::WRITE)
        .allow(Allow::Threads)
        .on_violation(on_violation)
        .enter()
        .expect("entry");
    prey
}

fn confined(on_violation: OnViolation, body: impl FnOnce(Prey)) -> Child {
    let child = forked(|| {
        let prey = enter(on_violation);
        body(prey);
    });
    if on_violation != OnViolation::Kill {
        assert_eq!(child.end, End::Exited(0), "{child:?}");
    }
    child
}

fn error() {
    let child = confined(OnViolation::Error, |mut prey| {
        for (name, violation, _) in VIOLATIONS {
            expect_denied(name, violation(&mut prey));
        }
    });
    assert_eq!(child.stderr, "");
}

/// Who was started with the signal turned on and did not ask for it is not ended by it.
fn inherited_setting() {
    let child = forked(|| {
        sys::trap_refused_calls(0);
        let prey = enter(OnViolation::Error);
        expect_errno("open", File::open("/etc/passwd"), Errno::ECAPMODE);
        drop(prey);
    });
    assert_eq!((child.end, child.stderr.as_str()), (End::Exited(0), ""), "{child:?}");
}

/// Nor by somebody who turns it on later: a debugger for this process, an administrator for all (`kern.trap_enotcap`).
fn turned_on_later() {
    let (mut ours, mut theirs) = UnixStream::pair().expect("a pair");
    let undeclared = File::open("/etc/passwd").expect("a file");
    let child = forked_beside(
        || {
            Sandbox::new("prey")
                .grant("line", &ours, Rights::READ | Rights::WRITE)
                // Who is not traceable has the setting changed by root only.
                .allow(Allow::Debuggable)
                .on_violation(OnViolation::Error)
                .enter()
                .expect("entry");
            ours.write_all(b"!").expect("tell");
            ours.read_exact(&mut [0]).expect("be told");
            expect_errno("open", File::open("/etc/passwd"), Errno::ECAPMODE);
            expect_errno("read", { &undeclared }.read(&mut [0]), Errno::ENOTCAPABLE);
        },
        |process| {
            // Should entry have failed.
            theirs.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
            theirs.read_exact(&mut [0]).expect("be told");
            sys::trap_refused_calls(process);
            theirs.write_all(b"!").expect("tell");
        },
    );
    assert_eq!((child.end, child.stderr.as_str()), (End::Exited(0), ""), "{child:?}");
}

fn report() {
    let child = confined(OnViolation::Report, |mut prey| {
        for (name, violation, _) in VIOLATIONS {
            expect_denied(name, violation(&mut prey));
            eprintln!("-- {name}");
        }
    });
    for (name, _, words) in VIOLATIONS {
        let told = child.stderr.split(&format!("-- {name}\n")).next().expect("a part");
        let line = told.lines().rfind(|line| line.starts_with("sandboxed `prey`: ")).unwrap_or_default();
        assert!(line.contains(words), "{name}: `{line}` in\n{}", child.stderr);
    }
    let out = "refused: `out` has write + seek. To allow it: fds(out = read + write + seek)";
    assert!(child.stderr.contains(out), "{}", child.stderr);
}

fn report_in_a_thread() {
    let child = confined(OnViolation::Report, |_| {
        thread::spawn(|| expect_errno("open", File::open("/etc/passwd"), Errno::ECAPMODE)).join().expect("the thread");
    });
    assert!(child.stderr.contains("sandboxed `prey`: `openat(\"/etc/passwd\")` refused: "), "{}", child.stderr);
}

/// What is refused again and again is not printed each time.
fn report_once() {
    let child = confined(OnViolation::Report, |_| {
        for _ in 0..1000 {
            expect_denied("open", File::open("/etc/passwd"));
        }
    });
    let lines = child.stderr.lines().count();
    assert!((1..100).contains(&lines), "{lines} lines");
}

/// What std asks for its own convenience is refused in silence: a size, a position.
fn hints(on_violation: OnViolation) {
    let child = forked(|| {
        let mut file = File::open(scratch::file("content", "content")).expect("a file");
        Sandbox::new("prey").grant("file", &file, Rights::READ).on_violation(on_violation).enter().expect("entry");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("read");
        assert_eq!(text, "content");
    });
    assert_eq!((child.end, child.stderr.as_str()), (End::Exited(0), ""), "{child:?}");
}

fn report_hints() {
    hints(OnViolation::Report);
}

fn kill_hints() {
    hints(OnViolation::Kill);
}

/// The process ends without a word.
fn kill(violation: Violation) {
    let child = confined(OnViolation::Kill, |mut prey| {
        prey.out.write_all(b"what is declared works").expect("write");
        let _ = violation(&mut prey);
        eprintln!("it goes on");
    });
    assert_eq!((child.end, child.stderr.as_str()), (End::Signalled(libc::SIGTRAP), ""), "{child:?}");
}

fn kill_by_a_thread() {
    let child = confined(OnViolation::Kill, |_| {
        let _ = thread::spawn(|| File::open("/etc/passwd").map(drop)).join();
        eprintln!("it goes on");
    });
    assert_eq!((child.end, child.stderr.as_str()), (End::Signalled(libc::SIGTRAP), ""), "{child:?}");
}

/// A breakpoint, or somebody's signal, is none of ours: it ends the process as it does without a handler.
fn another_signal() {
    for on_violation in [OnViolation::Report, OnViolation::Kill] {
        let child = forked(|| {
            enter(on_violation);
            sys::raise(libc::SIGTRAP);
        });
        assert_eq!((child.end, child.stderr.as_str()), (End::Signalled(libc::SIGTRAP), ""), "{child:?}");
    }
}
