//! What a process may have done, or been given, before it is confined: entry refuses it, or undoes it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Command;

use libc::{MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE};
use sandbox_rt::{Error, ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked, is_root};
use sandbox_tests::{args, scratch};

use crate::attempt::{Outcome, Special};
use crate::sys;
use crate::world::{SECRET, declared};

const PAGE: usize = 4096;
const EPERM: &[Errno] = &[Errno::EPERM];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("before::another_thread", another_thread),
        Case::new("before::memory_shared_with_a_child", memory_shared_with_a_child),
        Case::new("before::a_ring_for_calls", || ring(0)),
        Case::new("before::a_ring_with_a_thread_in_the_kernel", || ring(IORING_SETUP_SQPOLL)),
        Case::new("before::asynchronous_calls", asynchronous_calls),
        Case::new("before::a_shared_mapping_to_write", || shared_mapping(PROT_READ | PROT_WRITE)),
        Case::new("before::a_shared_mapping_to_write_later", || shared_mapping(PROT_READ)),
        Case::new("before::memory_shared_with_the_parent", shared_memory),
        Case::new("before::a_segment_of_shared_memory", segment),
        Case::new("before::a_second_entry", second_entry),
        Case::new("before::descriptors_too_high_to_pin", too_high),
        Case::new("before::procfs_as_a_directory", || procfs("/proc/self")),
        Case::new("before::procfs_beneath_a_directory", || procfs("/")),
        Case::new("before::a_worker_by_its_arguments", worker_by_arguments),
        shared_table(),
        undeclared_pipe(),
        undeclared_copy(),
        above_the_limit(),
        in_the_thousands(),
        readable_is_executable(),
        in_place_of_stderr(),
        read_only_mapping(),
    ];
    if is_root() {
        cases.push(Case::new("before::procfs_beneath_a_name_with_a_space", procfs_beneath_a_space));
    }
    cases
}

/// In a child: `trick`, and entry must refuse it for a reason of this kind, with the process as it was.
fn refused(kind: ErrorKind, trick: impl Fn() -> Result<(), Error>) {
    let child = forked(|| {
        let error = trick().expect_err("entry must be refused");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.in_force().is_empty(), "in force: {:?}", error.in_force());
        File::open("/etc/passwd").expect("the process is as it was");
    });
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
}

fn sandbox() -> Sandbox {
    Sandbox::new("late").on_violation(OnViolation::Error)
}

fn another_thread() {
    refused(ErrorKind::Shared, || {
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || receiver.recv());
        let entered = sandbox().enter();
        drop(sender);
        let _ = thread.join();
        entered
    });
}

fn memory_shared_with_a_child() {
    const CLONE_VM: u64 = 0x100;
    refused(ErrorKind::Shared, || {
        let child = sys::clone_that_waits(CLONE_VM | libc::SIGCHLD as u64).expect("clone");
        let entered = sandbox().enter();
        call(libc::SYS_kill, args![child, libc::SIGKILL]).expect("end it");
        entered
    });
}

const IORING_SETUP_SQPOLL: u32 = 2;

fn ring(flags: u32) {
    refused(ErrorKind::Shared, || {
        let mut parameters = [0_u32; 30];
        parameters[2] = flags;
        let ring = call(libc::SYS_io_uring_setup, args![4, &mut parameters]).expect("a ring");
        let ring = sys::owned(ring);
        // Declared or not, what it does passes every filter.
        sandbox().grant("ring", &ring, declared("hold")).enter()
    });
}

fn asynchronous_calls() {
    refused(ErrorKind::Shared, || {
        call(libc::SYS_io_setup, args![1, &mut [0_usize]]).expect("a context");
        sandbox().enter()
    });
}

fn map(length: usize, protection: i32, flags: i32, descriptor: i32) -> Result<i64, Errno> {
    call(libc::SYS_mmap, args![0, length, protection, flags, descriptor, 0])
}

fn read_write(name: &str) -> File {
    File::options().read(true).write(true).open(scratch::file(name, SECRET)).expect("open a file")
}

fn shared_mapping(protection: i32) {
    refused(ErrorKind::Shared, || {
        let file = read_write("mapped");
        map(PAGE, protection, MAP_SHARED, file.as_raw_fd()).expect("map it");
        sandbox().enter()
    });
    // Nor is it enough that the file may be written.
    refused(ErrorKind::Shared, || {
        let file = read_write("mapped");
        map(PAGE, protection, MAP_SHARED, file.as_raw_fd()).expect("map it");
        sandbox().grant("file", &file, Rights::READ | Rights::WRITE).enter()
    });
}

fn shared_memory() {
    map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1).expect("memory for both");
    refused(ErrorKind::Shared, || sandbox().enter());
}

fn segment() {
    refused(ErrorKind::Shared, || {
        let segment =
            call(libc::SYS_shmget, args![libc::IPC_PRIVATE, PAGE, libc::IPC_CREAT | 0o600]).expect("a segment");
        call(libc::SYS_shmat, args![segment, 0, 0]).expect("attach it");
        call(libc::SYS_shmctl, args![segment, libc::IPC_RMID, 0]).expect("remove it with its last user");
        sandbox().enter()
    });
}

/// Hostile code asks for more by the front door.
fn second_entry() {
    let child = forked(|| {
        let file = ManuallyDrop::new(read_write("more"));
        sandbox().grant("file", &*file, Rights::READ).enter().expect("enter");
        let error = sandbox().grant("file", &*file, Rights::READ | Rights::WRITE).enter().expect_err("enter again");
        assert_eq!(error.kind(), ErrorKind::Confined);
        assert_eq!(call(libc::SYS_write, args![file.as_raw_fd(), b"mine", 4]), Err(Errno::EPERM));
    });
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
}

/// A copy of the file under this number.
fn under(file: &File, number: i32) -> OwnedFd {
    sys::owned(call(libc::SYS_dup3, args![file.as_raw_fd(), number, libc::O_CLOEXEC]).expect("dup3"))
}

fn too_high() {
    refused(ErrorKind::Unenforceable, || {
        let file = read_write("high");
        let high = under(&file, 3000);
        sandbox().grant("high", &high, declared("read + dup")).enter()
    });
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
    .case("before")
}

fn procfs(path: &'static str) {
    refused(ErrorKind::Mismatch, || {
        let directory = File::open(path).expect("open the directory");
        sandbox().grant("directory", &directory, declared("lookup + read")).enter()
    });
}

fn procfs_beneath_a_space() {
    refused(ErrorKind::Mismatch, || {
        let folder = scratch::path("with a space");
        let point = folder.join("a process");
        std::fs::create_dir_all(&point).expect("a folder");
        call(libc::SYS_unshare, args![libc::CLONE_NEWNS]).expect("unshare");
        call(libc::SYS_mount, args![c"none", c"/", 0, libc::MS_REC | libc::MS_PRIVATE, 0]).expect("keep it private");
        let point = std::ffi::CString::new(point.into_os_string().into_encoded_bytes()).expect("a path");
        call(libc::SYS_mount, args![c"/proc/self", point.as_c_str(), 0, libc::MS_BIND, 0]).expect("mount");
        let directory = File::open(folder).expect("open the folder");
        sandbox().grant("directory", &directory, declared("lookup + read")).enter()
    });
}

/// A file name that somebody else chose makes a program a worker.
fn worker_by_arguments() {
    let program = || {
        let mut command = Command::new("/proc/self/exe");
        command.arg("--sandbox-worker=victim").env("SANDBOX_TEST_SCRATCH", scratch::folder());
        command
    };
    let output = program().output().expect("run it");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains(VICTIM), "the worker's function ran: {text}");
    // The honest way.
    let outcome = sandbox_rt::worker::Worker::new("victim").run().expect("run the worker");
    assert_eq!(outcome, sandbox_rt::worker::Outcome::Exited(0));
}

/// What [`victim`] says.
const VICTIM: &str = "the victim runs";

/// A worker's function, for the case above.
pub(crate) fn victim(_: sandbox_rt::worker::Given) -> std::process::ExitCode {
    eprintln!("{VICTIM}");
    match sandbox().enter() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(_) => std::process::ExitCode::FAILURE,
    }
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
    .case("before")
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
    .case("before")
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
    .case("before")
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
    .case("before")
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
    .case("before")
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
    .case("before")
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
    .case("before")
}
