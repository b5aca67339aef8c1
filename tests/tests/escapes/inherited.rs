//! What a confined process was given beside what it declares: other descriptors, other tables, other numbers.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

use libc::{MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE};
use sandbox_rt::{OnViolation, Rights, Stream};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Errno, call};
use sandbox_tests::{args, scratch};

use crate::attempt::{Outcome, Special};
use crate::before::{map, read_write, sandbox, under};
use crate::sys;
use crate::world::declared;

const PAGE: usize = 4096;
const EPERM: &[Errno] = &[Errno::EPERM];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        shared_table(),
        undeclared_pipe(),
        undeclared_copy(),
        above_the_limit(),
        in_the_thousands(),
        readable_is_executable(),
        in_place_of_stderr(),
        read_only_mapping(),
        unexplained(),
    ]
}

fn in_the_thousands() -> Case {
    Special {
        name: "write what may be read under a high number",
        make: || under(&read_write("high"), 4000),
        enter: |high| {
            sandbox().grant("high", high, Rights::READ).enter().expect("enter");
            call(libc::SYS_read, args![high.as_raw_fd(), &mut [0_u8; 1], 1]).expect("read it");
        },
        act: |high| call(libc::SYS_write, args![high.as_raw_fd(), b"mine", 4]),
        refused: Outcome::Fails(EPERM),
    }
    .case("inherited")
}

/// Another process that shares the table of descriptors.
#[derive(Debug)]
struct Sharing {
    target: File,
    talk: UnixStream,
}

/// It waits for a word, puts another file under the number of `target`, and says so.
fn shared_table() -> Case {
    const CLONE_FILES: i32 = 0x400;
    Special {
        name: "a descriptor placed by another process",
        make: || {
            let target = read_write("target");
            let other = File::open(scratch::file("other", b"other")).expect("open a file");
            let (talk, mut answer) = UnixStream::pair().expect("a pair of sockets");
            let child = call(libc::SYS_clone, args![CLONE_FILES | libc::SIGCHLD, 0, 0, 0, 0]).expect("clone");
            if child == 0 {
                let heard = answer.read(&mut [0]);
                let placed = call(libc::SYS_dup3, args![other.as_raw_fd(), target.as_raw_fd(), libc::O_CLOEXEC]);
                let said = answer.write(if placed.is_ok() { b"y" } else { b"n" });
                let status = i32::from(heard.is_err() || said.is_err());
                call(libc::SYS_exit_group, args![status]).expect("exit");
            }
            std::mem::forget((other, answer));
            Sharing { target, talk }
        },
        enter: |sharing| {
            sandbox()
                .grant("target", &sharing.target, Rights::READ)
                .grant("talk", &sharing.talk, Rights::READ | Rights::WRITE)
                .enter()
                .expect("enter");
        },
        act: |sharing| {
            let mut said = [0];
            (&sharing.talk).write_all(b"?").expect("say a word");
            (&sharing.talk).read_exact(&mut said).expect("hear the answer");
            assert_eq!(&said, b"y");
            let mut first = [0_u8; 5];
            call(libc::SYS_read, args![sharing.target.as_raw_fd(), &mut first, 5])?;
            if &first == b"other" { Ok(0) } else { Err(Errno::EPERM) }
        },
        refused: Outcome::Fails(EPERM),
    }
    .case("inherited")
}

/// A pipe whose writing end is not declared: the reader sees its end.
fn undeclared_pipe() -> Case {
    Special {
        name: "an undeclared descriptor still open",
        make: || {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            let flags = libc::O_NONBLOCK;
            call(libc::SYS_fcntl, args![reader.as_raw_fd(), libc::F_SETFL, flags]).expect("make it not block");
            (reader, writer)
        },
        enter: |(reader, _)| sandbox().grant("reader", reader, Rights::READ).enter().expect("enter"),
        act: |(reader, _)| match call(libc::SYS_read, args![reader.as_raw_fd(), &mut [0_u8; 1], 1]) {
            // Somebody may still write.
            Err(Errno::EAGAIN) => Ok(0),
            Ok(0) => Err(Errno::EPIPE),
            other => other,
        },
        refused: Outcome::Fails(&[Errno::EPIPE]),
    }
    .case("inherited")
}

/// Under `event`, where every descriptor that is open can be waited for.
fn polled(number: i32) -> Result<i64, Errno> {
    const POLLNVAL: u64 = 0x20;
    let mut set = [u64::from(number.unsigned_abs()) | 1 << 32];
    call(libc::SYS_poll, args![&mut set, 1, 0])?;
    if set[0] >> 48 & POLLNVAL == 0 { Ok(0) } else { Err(Errno::EBADF) }
}

fn undeclared_copy() -> Case {
    Special {
        name: "an undeclared copy of a declared descriptor",
        make: || {
            let file = read_write("copied");
            let copy = file.try_clone().expect("a copy");
            (file, copy)
        },
        enter: |(file, _)| sandbox().grant("file", file, Rights::READ | Rights::EVENT).enter().expect("enter"),
        act: |(_, copy)| polled(copy.as_raw_fd()),
        refused: Outcome::Fails(&[Errno::EBADF]),
    }
    .case("inherited")
}

fn above_the_limit() -> Case {
    Special {
        name: "an undeclared descriptor above the hard limit",
        make: || {
            let file = read_write("low");
            let high = under(&file, 700);
            call(libc::SYS_prlimit64, args![0, libc::RLIMIT_NOFILE, &[600_u64, 600], 0]).expect("lower the limit");
            (file, high)
        },
        enter: |(file, _)| sandbox().grant("file", file, Rights::READ | Rights::EVENT).enter().expect("enter"),
        act: |(_, high)| polled(high.as_raw_fd()),
        refused: Outcome::Fails(&[Errno::EBADF]),
    }
    .case("inherited")
}

/// A personality in which what can be read can be executed: code in data would run.
fn readable_is_executable() -> Case {
    const READ_IMPLIES_EXEC: i32 = 0x0040_0000;
    const RET: u8 = 0xc3;
    Special {
        name: "readable memory that can be executed",
        make: || {
            call(libc::SYS_personality, args![READ_IMPLIES_EXEC]).expect("personality");
        },
        enter: |()| sandbox().enter().expect("enter"),
        act: |()| {
            let page = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1)?;
            let page = usize::try_from(page).expect("an address");
            sys::poke(page, RET);
            sys::jump_to(page);
            Ok(0)
        },
        refused: Outcome::Ends(libc::SIGSEGV),
    }
    .case("inherited")
}

/// Without a standard error a file gets its number; the right to write messages is not one to write that file.
fn in_place_of_stderr() -> Case {
    Special {
        name: "a file in the place of standard error",
        make: || under(&read_write("third"), 2),
        enter: |file| sandbox().grant("file", file, Rights::READ).enter().expect("enter"),
        act: |file| call(libc::SYS_write, args![file.as_raw_fd(), b"mine", 4]),
        refused: Outcome::Fails(EPERM),
    }
    .case("inherited")
}

/// A shared mapping of a file opened for reading stays; it cannot become one for writing.
fn read_only_mapping() -> Case {
    Special {
        name: "write by a mapping for reading",
        make: || {
            // Without the sandbox the file is open for writing, and nothing else is different.
            let file = read_write("mapped");
            (map(PAGE, PROT_READ, MAP_SHARED, file.as_raw_fd()).expect("map it"), file)
        },
        enter: |(page, file)| {
            call(libc::SYS_munmap, args![*page, PAGE]).expect("unmap it");
            let path = scratch::path("mapped");
            let reading = File::open(path).expect("open it for reading");
            let (flags, number) = (MAP_SHARED | libc::MAP_FIXED, reading.as_raw_fd());
            call(libc::SYS_mmap, args![*page, PAGE, PROT_READ, flags, number, 0]).expect("map that");
            sandbox().grant("file", file, declared("hold")).enter().expect("enter");
        },
        act: |(page, _)| call(libc::SYS_mprotect, args![*page, PAGE, PROT_READ | PROT_WRITE]),
        refused: Outcome::Fails(&[Errno::EACCES]),
    }
    .case("inherited")
}

/// Where standard error may not be written, refusals are not explained, and are refusals all the same.
fn unexplained() -> Case {
    Special {
        name: "open where nothing may be explained",
        make: || (),
        enter: |()| {
            sandbox()
                .on_violation(OnViolation::Report)
                .stream(Stream::Stderr, declared("fstat"))
                .enter()
                .expect("enter");
        },
        act: |()| call(libc::SYS_openat, args![libc::AT_FDCWD, c"/etc/passwd", libc::O_RDONLY]),
        refused: Outcome::Fails(EPERM),
    }
    .case("inherited")
}
