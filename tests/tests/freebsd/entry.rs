//! Entry: what it finds around it, how it fails, and that it happens once.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;

use capsicum::Right;
use sandbox_rt::{ErrorKind, OnViolation, Rights, Sandbox, State};
use sandbox_tests::check::{expect_denied, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{Child, End, as_ordinary_user, forked};

use crate::probe::{Probe, assert_failed};
use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    vec![
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
        Case::new("entry::standard_error_closed", standard_error_closed),
        Case::new("entry::output", output),
        Case::new("entry::output_refused", output_refused),
        Case::new("entry::buffer", buffer),
        Case::new("entry::traced", traced),
        Case::new("entry::time_zone", time_zone),
        Case::new("entry::many_descriptors", many_descriptors),
        Case::new("entry::high_numbers", high_numbers),
    ]
}

fn sandbox() -> Sandbox<'static> {
    Sandbox::new("entry").on_violation(OnViolation::Error)
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
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Confined, false), "{error}");
}

fn two_threads() {
    let probe = Probe::new();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || receiver.recv());
    let error = sandbox().enter().expect_err("two threads");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Shared, false), "{error}");
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
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Mismatch, false), "{error}");
    assert_eq!(error.resource_name(), Some("file"));
    assert!(error.help_line().is_some_and(|help| help.contains("fstat")), "{error}");
    probe.assert_free();
}

fn limited_to_fewer_rights() {
    let probe = Probe::new();
    let file = File::options().read(true).write(true).open("/dev/null").expect("a file");
    sys::limit(&file, &[Right::Read, Right::Fstat, Right::Fcntl]);
    let error = sandbox().grant("file", &file, Rights::WRITE).enter().expect_err("it lacks the right");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Mismatch, false), "{error}");
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
        assert_failed(&error);
        assert_eq!((error.kind(), error.is_partial()), (ErrorKind::System, false), "{error}");
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
