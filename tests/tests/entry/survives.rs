//! What survives entry, and what does not: output, locks, peers, the time zone, the texts of errors.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

use sandbox_rt::{ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Child, End, Errno, call, forked};
use sandbox_tests::{args, scratch};

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("survives::output", output),
        Case::new("survives::output_refused", output_refused),
        Case::new("survives::buffer", buffer),
        Case::new("survives::lock", lock),
        Case::new("survives::peer", peer),
        Case::new("survives::time_zone", time_zone),
        Case::new("survives::error_texts", error_texts),
        #[cfg(target_env = "gnu")]
        Case::new("survives::error_texts_of_several_languages", error_texts_of_several_languages),
        Case::new("survives::clock", clock),
    ]
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
        Sandbox::new("entry").enter().expect("entry");
    });
    assert_exited(&child);
    assert_eq!(child.stdout, "std's, without a newline; C's, without a newline");
}

/// What was printed and cannot be written is not lost without a word.
fn output_refused() {
    let child = forked(|| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        call(libc::SYS_dup3, args![writer.as_raw_fd(), 1, 0]).expect("dup3");
        drop(writer);
        print!("nobody reads this");
        let error = Sandbox::new("entry").enter().expect_err("standard output is closed");
        crate::probe::assert_failed(&error);
        assert_eq!((error.kind(), error.raw_os_error()), (ErrorKind::System, Some(libc::EPIPE)), "{error}");
        assert!(!error.is_partial() && error.help_line().is_some(), "{error}");
    });
    assert_exited(&child);
}

/// What a program holds in buffers of its own is lost with an undeclared file, as documented; not with a declared one.
fn buffer() {
    let child = forked(|| {
        let create = |name| BufWriter::new(File::create(scratch::path(name)).expect("a file"));
        let (mut undeclared, mut flushed, mut declared) = (create("undeclared"), create("flushed"), create("declared"));
        for writer in [&mut undeclared, &mut flushed, &mut declared] {
            writer.write_all(b"buffered").expect("write");
        }
        flushed.flush().expect("flush");
        Sandbox::new("entry").grant("declared", declared.get_ref(), Rights::WRITE).enter().expect("entry");
        declared.flush().expect("flush what is declared");
        undeclared.flush().expect_err("flush what is not declared");
        std::mem::forget(undeclared);
    });
    assert_exited(&child);
    let read = |name| fs::read_to_string(scratch::path(name)).expect("read");
    assert_eq!([read("undeclared"), read("flushed"), read("declared")], ["", "buffered", "buffered"]);
}

/// A lock belongs to the open file: `hold` keeps it, and an undeclared one is released at entry.
fn lock() {
    let child = forked(|| {
        let locked = |name| {
            let file = File::create(scratch::path(name)).expect("a file");
            call(libc::SYS_flock, args![file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB]).expect("flock");
            file
        };
        let (held, undeclared) = (locked("held"), locked("undeclared"));
        let (mut entered, mut tell_entered) = std::io::pipe().expect("a pipe");
        let (mut tried, mut tell_tried) = std::io::pipe().expect("a pipe");
        let flags = libc::c_long::from(libc::SIGCHLD);
        if call(libc::SYS_clone, args![flags, 0, 0, 0, 0]).expect("fork") == 0 {
            // The other process's own copies would keep both locks.
            drop((held, undeclared, tell_entered));
            let free = |name: &str| {
                let file = File::open(scratch::path(name)).expect("a file");
                match call(libc::SYS_flock, args![file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB]) {
                    Ok(_) => b'f',
                    Err(Errno::EAGAIN) => b'l',
                    Err(error) => panic!("flock: {error}"),
                }
            };
            tell_tried.write_all(&[free("held"), free("undeclared")]).expect("tell");
            entered.read_exact(&mut [0]).expect("wait for entry");
            tell_tried.write_all(&[free("held"), free("undeclared")]).expect("tell");
            std::process::exit(0);
        }
        drop((entered, tell_tried));
        let mut found = [0; 2];
        tried.read_exact(&mut found).expect("what the other process found");
        assert_eq!(&found, b"ll", "before entry");
        Sandbox::new("entry")
            .grant("held", &held, Rights::NONE)
            .grant("entered", &tell_entered, Rights::WRITE)
            .grant("tried", &tried, Rights::READ)
            .enter()
            .expect("entry");
        tell_entered.write_all(b"!").expect("tell");
        tried.read_exact(&mut found).expect("what the other process found");
        assert_eq!(&found, b"lf", "after entry");
        drop(undeclared);
    });
    assert_exited(&child);
}

/// The peer of an undeclared socket sees its end at entry.
fn peer() {
    let child = forked(|| {
        let (mut ours, undeclared) = UnixStream::pair().expect("sockets");
        let (mut reader, undeclared_writer) = std::io::pipe().expect("a pipe");
        Sandbox::new("entry")
            .grant("ours", &ours, Rights::READ)
            .grant("reader", &reader, Rights::READ)
            .enter()
            .expect("entry");
        assert_eq!(ours.read(&mut [0; 4]).expect("the end"), 0);
        assert_eq!(reader.read(&mut [0; 4]).expect("the end"), 0);
        drop((undeclared, undeclared_writer));
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
    Sandbox::new("entry").enter().expect("entry");
    assert_eq!(sys::local_offset(1_000_000_000), 5 * 3600);
}

/// With a locale of the program's own, libc looks for translations when it first needs a text. Here every attempt to open
/// a file ends the process.
fn error_texts() {
    sys::set_variable("LANGUAGE", "xx");
    sys::set_locale(c"C.UTF-8");
    let child = forked(|| {
        Sandbox::new("entry").on_violation(OnViolation::Kill).enter().expect("entry");
        let text = std::io::Error::from_raw_os_error(libc::ENOENT).to_string();
        assert_eq!(text, "No such file or directory (os error 2)");
        sys::signal_text(libc::SIGTERM);
    });
    assert_exited(&child);
}

/// What the first language has no text for, glibc looks for in the next one, whose texts it has not needed so far.
#[cfg(target_env = "gnu")]
fn error_texts_of_several_languages() {
    let texts = [("", "Content-Type: text/plain; charset=UTF-8\n"), ("Operation not permitted", "xx: not permitted")];
    fs::create_dir_all(scratch::path("xx/LC_MESSAGES")).expect("a folder");
    let _ = scratch::file("xx/LC_MESSAGES/libc.mo", catalogue(&texts));
    sys::set_variable("LANGUAGE", "xx:yy");
    sys::set_locale(c"C.UTF-8");
    sys::translate_libc_from(&scratch::folder());
    let child = forked(|| {
        Sandbox::new("entry").on_violation(OnViolation::Kill).enter().expect("entry");
        let text = |errno| std::io::Error::from_raw_os_error(errno).to_string();
        assert_eq!(text(libc::EPERM), "xx: not permitted (os error 1)");
        assert_eq!(text(libc::ENOENT), "No such file or directory (os error 2)");
    });
    assert_exited(&child);
}

/// Texts and their translations, as gettext's tools write them (its manual, "The Format of GNU MO Files").
#[cfg(target_env = "gnu")]
fn catalogue(texts: &[(&str, &str)]) -> Vec<u8> {
    const MAGIC: u32 = 0x9504_12de;
    const HEADER: usize = 28;
    let table = 8 * texts.len();
    let mut words = vec![MAGIC as usize, 0, texts.len(), HEADER, HEADER + table, 0, 0];
    let mut bytes = Vec::new();
    for text in texts.iter().map(|text| text.0).chain(texts.iter().map(|text| text.1)) {
        words.extend([text.len(), HEADER + 2 * table + bytes.len()]);
        bytes.extend(text.bytes().chain([0]));
    }
    let words = words.into_iter().flat_map(|word| u32::try_from(word).expect("small").to_ne_bytes());
    words.chain(bytes).collect()
}

/// rustix reads the clock for the first time.
fn clock() {
    let child = forked(|| {
        Sandbox::new("entry").on_violation(OnViolation::Kill).enter().expect("entry");
        let _ = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    });
    assert_exited(&child);
}
