//! Entry: what it finds around it, how it fails, and that it happens once.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixDatagram;

use capsicum::Right;
use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_rt::{Declared, Dir, Error, ErrorKind, OnViolation, Rights, Sandbox, State};
use sandbox_tests::check::{expect_denied, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{Child, End, as_ordinary_user, forked};

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("entry::second", second),
        Case::new("entry::status", status),
        Case::new("entry::status::ordinary", || {
            as_ordinary_user();
            status();
        }),
        Case::new("entry::in_capability_mode", in_capability_mode),
        Case::new("entry::two_threads", two_threads),
        Case::new("entry::threads_that_have_ended", threads_that_have_ended),
        Case::new("entry::limited_too_far", limited_too_far),
        Case::new("entry::limited_to_fewer_rights", limited_to_fewer_rights),
        Case::new("entry::limited_to_as_many", limited_to_as_many),
        Case::new("entry::closed", closed),
        Case::new("entry::standard_error_closed", standard_error_closed),
        Case::new("entry::output", output),
        Case::new("entry::output_refused", output_refused),
        Case::new("entry::buffer", buffer),
        Case::new("entry::traced", traced),
        Case::new("entry::unenforceable", unenforceable),
        Case::new("entry::time_zone", time_zone),
        Case::new("entry::many_descriptors", many_descriptors),
        Case::new("entry::high_numbers", high_numbers),
    ];
    for pair in PAIRS {
        cases.push(Case::new(format!("entry::mismatch::{}", pair.name), move || differs(pair)));
    }
    cases
}

/// A file that is open at entry and not declared.
struct Probe(File);

impl Probe {
    fn new() -> Self {
        let probe = Self(File::open("/etc/passwd").expect("a file to read"));
        probe.assert_free();
        probe
    }

    fn assert_free(&self) {
        drop(expect_ok("open", File::open("/etc/passwd")));
        expect_ok("read", (&self.0).read(&mut [0; 4]));
        assert!(!sys::in_capability_mode());
    }

    fn assert_refused(&self) {
        expect_denied("open", File::open("/etc/passwd"));
        expect_denied("read", (&self.0).read(&mut [0; 4]));
        assert!(sys::in_capability_mode());
    }
}

fn sandbox() -> Sandbox<'static> {
    Sandbox::new("entry").on_violation(OnViolation::Error)
}

/// What every failed entry has in common.
#[track_caller]
fn assert_failed(error: &Error, kind: ErrorKind, partial: bool) {
    assert_eq!((error.kind(), error.is_partial()), (kind, partial), "{error}");
    assert!(sandbox_rt::status().is_none(), "a failed entry has a status");
    let text = error.to_string();
    assert!(text.starts_with("cannot confine `entry`: "), "{text}");
    assert_eq!(text.contains("note: the process stays partly confined"), partial, "{text}");
    assert_eq!(error.in_force().is_empty(), !partial);
}

fn second() {
    let probe = Probe::new();
    sandbox().enter().expect("entry");
    let error = sandbox().enter().expect_err("a second entry");
    assert_eq!(error.kind(), ErrorKind::Confined, "{error}");
    assert!(!error.is_partial() && error.help_line().is_some(), "{error}");
    probe.assert_refused();
}

fn status() {
    let file = File::open("/dev/null").expect("a file");
    sandbox().grant("file", &file, Rights::READ).enter().expect("entry");
    let status = sandbox_rt::status().expect("a status");
    for mechanism in status.mechanisms() {
        let holds = matches!(mechanism.state, State::Holds(_));
        assert!(holds || (!mechanism.required && matches!(mechanism.state, State::NotNeeded(_))), "{status}");
    }
    let text = status.to_string();
    for words in ["capability mode", "descriptor rights", "undeclared descriptors without rights", "one thread"] {
        assert!(text.contains(words), "{text}");
    }
    assert!(status.plan().contains("file: read\n    rights: CAP_READ\n"), "{}", status.plan());
    assert_eq!(status.filter(), None);
}

/// A process that is in capability mode already cannot list its descriptors.
fn in_capability_mode() {
    sys::enter_capability_mode();
    let error = sandbox().enter().expect_err("it is confined");
    assert_failed(&error, ErrorKind::Confined, false);
}

fn two_threads() {
    let probe = Probe::new();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || receiver.recv());
    let error = sandbox().enter().expect_err("two threads");
    assert_failed(&error, ErrorKind::Shared, false);
    assert!(error.operation().contains("2 threads"), "{error}");
    probe.assert_free();
    drop(sender);
    thread.join().expect("the thread").expect_err("nothing was sent");
    sandbox().enter().expect("entry with one thread");
    probe.assert_refused();
}

fn threads_that_have_ended() {
    for _ in 0..16 {
        std::thread::spawn(|| ()).join().expect("a thread");
    }
    sandbox().enter().expect("entry");
}

/// A descriptor that cannot be looked at cannot be compared with its declaration.
fn limited_too_far() {
    let probe = Probe::new();
    let file = File::open("/dev/null").expect("a file");
    sys::limit(&file, &[Right::Read]);
    let error = sandbox().grant("file", &file, Rights::READ).enter().expect_err("it cannot be looked at");
    assert_failed(&error, ErrorKind::Mismatch, false);
    assert_eq!(error.resource_name(), Some("file"));
    assert!(error.help_line().is_some_and(|help| help.contains("fstat")), "{error}");
    probe.assert_free();
}

fn limited_to_fewer_rights() {
    let probe = Probe::new();
    let file = File::options().read(true).write(true).open("/dev/null").expect("a file");
    sys::limit(&file, &[Right::Read, Right::Fstat, Right::Fcntl]);
    let error = sandbox().grant("file", &file, Rights::WRITE).enter().expect_err("it lacks the right");
    assert_failed(&error, ErrorKind::Mismatch, false);
    assert_eq!(error.resource_name(), Some("file"));
    probe.assert_free();
}

fn limited_to_as_many() {
    let file = File::open("/dev/zero").expect("a file");
    let undeclared = File::open("/dev/zero").expect("a file");
    sys::limit(&file, &[Right::Read, Right::Fstat, Right::Fcntl]);
    sys::limit(&undeclared, &[]);
    sandbox().grant("file", &file, Rights::READ).enter().expect("entry");
    expect_ok("read", (&file).read(&mut [0]));
    expect_denied("metadata", file.metadata());
}

struct Stale(OwnedFd);

impl AsFd for Stale {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A number that is not open any more.
fn closed() {
    let probe = Probe::new();
    let stale = Stale(File::open("/dev/null").expect("a file").into());
    drop(sys::owned(stale.0.as_raw_fd()));
    let error = sandbox().grant("thing", &stale, Rights::READ).enter().expect_err("it is closed");
    std::mem::forget(stale);
    assert_failed(&error, ErrorKind::Mismatch, false);
    assert_eq!(error.resource_name(), Some("thing"));
    probe.assert_free();
}

/// Who has no standard error gets none: the number may mean something else.
fn standard_error_closed() {
    let child = forked(|| {
        drop(sys::owned(2));
        sandbox().enter().expect("entry");
        assert!(!sys::is_open(2));
    });
    assert_exited(&child);
}

#[track_caller]
fn assert_exited(child: &Child) {
    assert_eq!(child.end, End::Exited(0), "{child:?}");
}

/// What was printed before entry arrives, although the stream is not declared.
fn output() {
    let child = forked(|| {
        print!("std's, without a newline; ");
        sys::print_in_c(c"C's, without a newline");
        sandbox().enter().expect("entry");
    });
    assert_exited(&child);
    assert_eq!(child.stdout, "std's, without a newline; C's, without a newline");
}

/// What was printed and cannot be written is not lost without a word.
fn output_refused() {
    let child = forked(|| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        rustix::stdio::dup2_stdout(&writer).expect("dup2");
        drop(writer);
        print!("nobody reads this");
        let error = sandbox().enter().expect_err("standard output is closed");
        assert_failed(&error, ErrorKind::System, false);
        assert_eq!(error.raw_os_error(), Some(libc::EPIPE), "{error}");
    });
    assert_exited(&child);
}

/// What a program holds in buffers of its own is lost with an undeclared file, as documented; not with a declared one.
fn buffer() {
    let child = forked(|| {
        let create = |name| BufWriter::new(File::create(scratch::path(name)).expect("a file"));
        let (mut undeclared, mut declared) = (create("undeclared"), create("declared"));
        for writer in [&mut undeclared, &mut declared] {
            writer.write_all(b"buffered").expect("write");
        }
        sandbox().grant("declared", declared.get_ref(), Rights::WRITE).enter().expect("entry");
        declared.flush().expect("flush what is declared");
        undeclared.flush().expect_err("flush what is not declared");
        std::mem::forget(undeclared);
    });
    assert_exited(&child);
    let read = |name| fs::read_to_string(scratch::path(name)).expect("read");
    assert_eq!([read("undeclared"), read("declared")], ["", "buffered"]);
}

/// Who is traced already cannot be hidden from that debugger; the rest holds, and the status says so.
fn traced() {
    let child = forked(|| {
        sys::trace_me();
        sandbox().enter().expect("entry");
        let status = sandbox_rt::status().expect("a status");
        let missing: Vec<_> = status
            .mechanisms()
            .iter()
            .filter(|mechanism| matches!(mechanism.state, State::Missing(_)))
            .map(|mechanism| mechanism.name)
            .collect();
        assert_eq!(missing, ["no debuggers, no core dumps"], "{status}");
    });
    assert_exited(&child);
}

/// Every right that the vocabulary says FreeBSD cannot enforce.
fn unenforceable() {
    let probe = Probe::new();
    let file = File::options().read(true).write(true).open("/dev/null").expect("a file");
    let mut refused = 0;
    for row in vocabulary::rows().filter(|row| row.is_spoken() && !row.is_composite()) {
        let Enforcement::Refused(reason) = row.on_freebsd else { continue };
        let error = sandbox().grant("thing", &file, row.rights).enter().expect_err(row.name);
        assert_failed(&error, ErrorKind::Unenforceable, false);
        assert!(error.operation().contains(reason), "{error}");
        refused += 1;
    }
    assert!(refused > 0, "the vocabulary has no right that FreeBSD refuses");
    probe.assert_free();
}

/// libc reads the time zone's file when it is first needed, and could not do so in the sandbox.
fn time_zone() {
    // A zone with a fixed offset of five hours, in the oldest version of the format (tzfile(5)).
    let mut zone = Vec::from(*b"TZif");
    zone.extend([0; 16]);
    for count in [0_u32, 0, 0, 0, 1, 4] {
        zone.extend(count.to_be_bytes());
    }
    zone.extend((5 * 3600_i32).to_be_bytes());
    zone.extend([0, 0]);
    zone.extend(*b"XYZ\0");
    let path = scratch::file("zone", zone);
    sys::set_variable("TZ", &format!(":{}", path.display()));
    sandbox().enter().expect("entry");
    assert_eq!(sys::local_offset(1_000_000_000), 5 * 3600);
}

/// All of them are found, whatever their records' lengths.
fn many_descriptors() {
    let files: Vec<File> = (0..200).map(|_| File::open("/etc/passwd").expect("a file")).collect();
    let pipes: Vec<_> = (0..50).map(|_| std::io::pipe().expect("a pipe")).collect();
    sandbox().grant("file", &files[100], Rights::READ).enter().expect("entry");
    for (index, file) in files.iter().enumerate() {
        assert_eq!(sys::is_without_rights(file), index != 100, "file {index}");
    }
    assert!(pipes.iter().all(|(reader, writer)| sys::is_without_rights(reader) && sys::is_without_rights(writer)));
}

fn high_numbers() {
    let file = File::open("/etc/passwd").expect("a file");
    let high = rustix::io::fcntl_dupfd_cloexec(&file, 2000).expect("a copy");
    assert!(high.as_raw_fd() >= 2000);
    let mut declared: File = rustix::io::fcntl_dupfd_cloexec(&file, 3000).expect("a copy").into();
    let borrowed = declared.try_clone().expect("a copy");
    sandbox().grant("declared", &borrowed, Rights::READ).enter().expect("entry");
    assert!(sys::is_without_rights(&high) && sys::is_without_rights(&file) && sys::is_without_rights(&declared));
    expect_denied("read", declared.read(&mut [0]));
    expect_ok("read the declared copy", (&borrowed).read(&mut [0]));
}

/// An object, a declaration that does not fit it, words of the error, and a declaration that fits.
struct Pair {
    name: &'static str,
    object: fn() -> OwnedFd,
    wrong: &'static str,
    words: &'static str,
    right: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair { name: "write_only", object: write_only, wrong: "read", words: "for writing only", right: "write" },
    Pair { name: "append", object: append, wrong: "read + write", words: "for writing only", right: "write" },
    Pair { name: "read_only", object: read_only, wrong: "write", words: "for reading only", right: "read" },
    Pair {
        name: "read_only::ftruncate",
        object: read_only,
        wrong: "ftruncate",
        words: "for reading only",
        right: "seek",
    },
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
    Pair { name: "directory", object: directory, wrong: "accept(read)", words: "does not listen", right: "lookup" },
];

fn read_only() -> OwnedFd {
    File::open(scratch::file("content", "content")).expect("a file").into()
}

fn write_only() -> OwnedFd {
    File::create(scratch::path("content")).expect("a file").into()
}

fn append() -> OwnedFd {
    File::options().append(true).open(scratch::file("content", "content")).expect("a file").into()
}

fn connected() -> OwnedFd {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
    TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection").into()
}

fn unconnected() -> OwnedFd {
    UdpSocket::bind(("127.0.0.1", 0)).expect("a socket").into()
}

fn unix_unconnected() -> OwnedFd {
    UnixDatagram::unbound().expect("a socket").into()
}

fn directory() -> OwnedFd {
    Dir::open_path(scratch::folder()).expect("a directory").into()
}

fn declared(rights: &str) -> Declared {
    rights.parse().unwrap_or_else(|error| panic!("{rights}: {error:?}"))
}

fn differs(pair: &Pair) {
    let probe = Probe::new();
    let object = (pair.object)();
    let error = sandbox().grant("thing", &object, declared(pair.wrong)).enter().expect_err("a mismatch");
    assert_failed(&error, ErrorKind::Mismatch, false);
    assert_eq!(error.resource_name(), Some("thing"), "{error}");
    assert!(error.operation().contains(pair.words) && error.help_line().is_some(), "{error}");
    probe.assert_free();
    sandbox().grant("thing", &object, declared(pair.right)).enter().expect("entry with what fits");
    probe.assert_refused();
}
