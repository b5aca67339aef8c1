//! What a refused call does beside failing: `report` explains it, `kill` ends the process, `error` does neither.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Seek as _, Write as _};
use std::net::TcpStream;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

use sandbox_rt::{Declared, OnViolation, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Child, End, call, forked};
use sandbox_tests::{args, scratch};

/// The cases of every reaction.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = report();
    cases.extend(report_others());
    cases.extend(error_and_kill());
    cases
}

fn report() -> Vec<Case> {
    vec![
        Case::new("report::names_resource_right_and_remedy", || {
            reports(
                "read",
                |file| expect_denied("write", (&*file).write(b"w")),
                "`write` on `input` (fd N) refused: `input` has read. To allow it: fds(input = read + write)\n",
            );
        }),
        Case::new("report::names_composites", || {
            reports(
                "read",
                |file| expect_denied("seek", file.rewind()),
                "`lseek` on `input` (fd N) refused: `input` has read. To allow it: fds(input = read + seek)\n",
            );
        }),
        Case::new("report::names_lists", || {
            reports(
                "read",
                |file| expect_denied("ioctl", call(libc::SYS_ioctl, args![file.as_raw_fd(), 0x541b, 0])),
                "`ioctl` on `input` (fd N) refused: `input` has read. To allow it: fds(input = read + ioctl(0x541b))\n",
            );
        }),
        Case::new("report::says_what_is_held", || {
            reports(
                "hold",
                |file| expect_denied("read", file.read(&mut [0])),
                "`read` on `input` (fd N) refused: `input` has no rights. To allow it: fds(input = read)\n",
            );
        }),
        Case::new("report::says_what_is_not_declared", || {
            let number = File::open("/").expect("the root").as_raw_fd() + 1;
            let line = format!("`read` on fd {number} refused: it is not declared. To allow it: fds(NAME = read)\n");
            reports("read", |_| expect_denied("read", call(libc::SYS_read, args![number, 0, 0])), &line);
        }),
        Case::new("report::says_what_is_taken_away", || {
            reports(
                "none",
                |file| expect_denied("read", file.read(&mut [0])),
                "`read` on `input` (fd N) refused: `input` is declared none. To allow it: fds(input = read)\n",
            );
        }),
        Case::new("report::says_what_nothing_allows", || {
            reports(
                "read",
                |file| expect_denied("sendmsg", call(libc::SYS_sendmsg, args![file.as_raw_fd(), 0, 0])),
                "`sendmsg` on `input` (fd N) refused: `input` has read. Nothing can allow it: a confined program names \
                 no address; connect the socket before entry, then use send\n",
            );
        }),
        Case::new("report::counts_repeated_refusals", report_counts),
        Case::new("report::tells_refusals_apart", report_tells_apart),
        Case::new("report::is_silent_about_hints", || {
            reports("read", hints, "");
        }),
        Case::new("report::explains_the_question_for_a_terminal", || {
            reports(
                "read",
                |file| assert!(!file.is_terminal()),
                "`ioctl` on `input` (fd N) refused: `input` has read. To allow it: fds(input = read + isatty)\n",
            );
        }),
        Case::new("report::is_silent_about_what_is_permitted", || {
            reports(
                "read + write + seek + fstat",
                |file| {
                    file.rewind().expect("rewind");
                    file.read_exact(&mut [0]).expect("read");
                    file.write_all(b"w").expect("write");
                    assert_eq!(file.metadata().expect("metadata").len(), 4);
                },
                "",
            );
        }),
    ]
}

/// About what is not a declared descriptor, or not one alone.
fn report_others() -> Vec<Case> {
    vec![
        Case::new("report::names_paths_to_read", || {
            reports(
                "read",
                |_| expect_denied("open", File::open("/etc/passwd")),
                "`openat(\"/etc/passwd\")` refused: no directory is declared. Open it before entry: \
                 fds(NAME = open(\"/etc/passwd\") => read)\n",
            );
        }),
        Case::new("report::names_paths_to_write", || {
            reports(
                "read",
                |_| expect_denied("create", File::create("/new")),
                "`openat(\"/new\")` refused: no directory is declared. Open it before entry: \
                 fds(NAME = open(\"/new\").create(0o666).truncate() => write)\n",
            );
        }),
        Case::new("report::explains_connections", || {
            reports(
                "read",
                |_| expect_denied("connect", TcpStream::connect("127.0.0.1:1")),
                "`socket` refused: a confined program makes no connections. Make it before entry: \
                 fds(NAME = EXPR => recv + send)\n",
            );
        }),
        Case::new("report::explains_pairs", || {
            reports(
                "read",
                |_| expect_denied("socketpair", UnixStream::pair()),
                "`socketpair` refused: a confined program makes no sockets for itself. Make both before entry: \
                 fds(NAME = EXPR => recv + send)\n",
            );
        }),
        Case::new("report::explains_queues_of_events", || {
            reports(
                "read",
                |file| {
                    let number = file.as_raw_fd();
                    expect_denied("epoll_ctl", call(libc::SYS_epoll_ctl, args![number, 1, number, 0]));
                },
                "`epoll_ctl` on `input` (fd N) refused: `input` has read. To allow it: \
                 fds(input = read + event + kqueue_change)\n",
            );
        }),
    ]
}

fn error_and_kill() -> Vec<Case> {
    vec![
        Case::new("error::prints_nothing", || {
            let child = confined(OnViolation::Error, "read", |file| {
                expect_denied("write", (&*file).write(b"w"));
                expect_denied("open", File::open("/etc/passwd"));
                hints(file);
                probes(file);
            });
            assert_eq!((child.end, child.stderr.as_str()), (End::Exited(0), ""));
        }),
        Case::new("kill::ends_on_a_missing_right", || killed("read", |file| drop(file.write(b"w")))),
        Case::new("kill::ends_on_an_undeclared_descriptor", || killed("none", |file| drop(file.read(&mut [0])))),
        Case::new("kill::ends_on_a_path", || killed("read", |_| drop(File::open("/etc/passwd")))),
        Case::new("kill::ends_on_a_socket", || killed("read", |_| drop(TcpStream::connect("127.0.0.1:1")))),
        Case::new("kill::ends_on_a_program", || {
            killed("read", |_| assert_eq!(call(libc::SYS_execve, args![c"/bin/true", 0, 0]), Ok(0)));
        }),
        Case::new("kill::spares_hints", || {
            let child = confined(OnViolation::Kill, "read", |file| {
                hints(file);
                probes(file);
            });
            assert_eq!((child.end, child.stderr.as_str()), (End::Exited(0), ""));
        }),
        Case::new("kill::spares_panics", || {
            let child = confined(OnViolation::Kill, "read", |_| panic!("said aloud"));
            assert_eq!(child.end, End::Exited(101));
            assert!(child.stderr.contains("said aloud"), "{}", child.stderr);
        }),
    ]
}

/// Runs `body` in a confined child, on a file of four bytes, open for reading and writing and declared as `input`.
fn confined(on_violation: OnViolation, declared: &str, body: impl FnOnce(&mut File)) -> Child {
    let path = scratch::file("input", "text");
    let mut file = File::options().read(true).write(true).open(path).expect("the file");
    let declared: Declared = declared.parse().expect("a declaration");
    // What the child wrote to standard output would be lost: it is not declared.
    forked(move || {
        Sandbox::new("case").on_violation(on_violation).grant("input", &file, declared).enter().expect("entry");
        body(&mut file);
    })
}

/// Asserts that what `body` does prints exactly this line; `fd N` in it stands for the file's number.
fn reports(declared: &str, body: impl FnOnce(&mut File), line: &str) {
    let mut number = 0;
    let child = {
        let number = &mut number;
        let probe = File::open("/").expect("the root");
        // The file gets the number that is free now.
        *number = probe.as_raw_fd();
        drop(probe);
        confined(OnViolation::Report, declared, body)
    };
    let expected = match line {
        "" => String::new(),
        _ => format!("sandboxed `case`: {}", crate::advice::by_path(line).replace("fd N", &format!("fd {number}"))),
    };
    assert_eq!((child.end, child.stderr), (End::Exited(0), expected));
}

fn killed(declared: &str, body: impl FnOnce(&mut File)) {
    let child = confined(OnViolation::Kill, declared, body);
    assert_eq!((child.end, child.stderr.as_str()), (End::Signalled(libc::SIGSYS), ""));
}

/// What std asks in passing and does without: sizes, positions, faster ways to copy.
fn hints(file: &mut File) {
    let mut text = String::new();
    assert_eq!(file.read_to_string(&mut text).expect("read"), 4);
    assert_eq!(text, "text");
    assert_eq!(std::io::copy(file, &mut std::io::sink()).expect("copy"), 0);
}

/// What std answers for itself when it is refused.
fn probes(file: &mut File) {
    assert!(!file.is_terminal());
    assert!(format!("{file:?}").starts_with("File { fd: "));
}

fn report_counts() {
    let child = confined(OnViolation::Report, "read", |file| {
        for _ in 0..250 {
            expect_denied("write", (&*file).write(b"w"));
        }
    });
    assert_eq!(child.end, End::Exited(0));
    let counts: Vec<_> = child.stderr.lines().map(|line| line.split("`write`").next().unwrap_or_default()).collect();
    let expected = ["sandboxed `case`: ", "sandboxed `case`: (10 times) ", "sandboxed `case`: (100 times) "];
    assert_eq!(counts, expected, "{}", child.stderr);
}

/// Another call, another descriptor or another path is another refusal.
fn report_tells_apart() {
    let child = confined(OnViolation::Report, "read", |file| {
        for _ in 0..2 {
            expect_denied("write", (&*file).write(b"w"));
            expect_denied("seek", file.rewind());
            expect_denied("open", File::open("/etc/passwd"));
            expect_denied("open", File::open("/etc/group"));
            expect_denied("write", std::io::stdout().write(b"w\n"));
        }
    });
    assert_eq!((child.end, child.stderr.lines().count()), (End::Exited(0), 5), "{}", child.stderr);
}
