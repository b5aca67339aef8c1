//! What the process shares at entry: threads, memory, its descriptor table, io_uring instances.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::mpsc;
use std::thread;

use sandbox_rt::{Allow, Error, ErrorKind, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Errno, call, forked};
use sandbox_tests::{args, scratch};

use crate::outer::{self, Answered};
use crate::probe::{Probe, assert_failed};
use crate::sys::{self, Sharer};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("sharing::twice", twice),
        Case::new("sharing::thread::enters", a_thread_enters),
        Case::new("sharing::thread::others", other_threads),
        Case::new("sharing::thread::holds_stdout", a_thread_holds_stdout),
        Case::new("sharing::thread::started_by_a_stream", a_stream_starts_a_thread),
        Case::new("sharing::thread::started_by_the_allocator", an_allocator_starts_a_thread),
        Case::new("sharing::thread::joined", joined_threads),
        Case::new("sharing::memory", shared_memory),
        Case::new("sharing::table", || shared_table(&[])),
        Case::new("sharing::table::unshare_refused", || {
            shared_table(&[Answered::with(libc::EPERM, libc::SYS_unshare)]);
        }),
        Case::new("sharing::table::unshare_pretended", || {
            shared_table(&[Answered::with(0, libc::SYS_unshare)]);
        }),
        Case::new("sharing::table::close_range_missing", || {
            shared_table(&[Answered::with(libc::ENOSYS, libc::SYS_close_range)]);
        }),
        Case::new("sharing::table::refused", table_cannot_be_unshared),
        Case::new("sharing::table::pretended", table_pretended),
        Case::new("sharing::io_uring::descriptor", io_uring_descriptor),
        Case::new("sharing::io_uring::mapping", io_uring_mapping),
        Case::new("sharing::io_uring::mapping_untold", io_uring_mapping_untold),
        Case::new("sharing::io_uring::thread", io_uring_thread),
    ]
}

fn enter() -> Result<(), Error> {
    Sandbox::new("entry").allow(Allow::Threads).enter()
}

/// Entry fails because something is shared, and the process is as it was.
#[track_caller]
fn assert_shared(entered: Result<(), Error>, words: &str) {
    let error = entered.expect_err("something is shared");
    assert_failed(&error);
    assert_eq!(error.kind(), ErrorKind::Shared, "{error}");
    assert!(error.operation().contains(words), "{error}");
    assert!(error.help_line().is_some() && !error.is_partial(), "{error}");
}

fn twice() {
    let probe = Probe::new();
    enter().expect("entry");
    let error = Sandbox::new("again").enter().expect_err("a second entry");
    assert_eq!(error.kind(), ErrorKind::Confined);
    assert!(error.to_string().contains("cannot confine `again`") && error.to_string().contains("`entry`"), "{error}");
    assert!(error.help_line().is_some() && !error.is_partial());
    assert_eq!(sandbox_rt::status().expect("a status").function(), "entry");
    probe.assert_refused();
    // From another thread it is the same.
    let error = thread::spawn(enter).join().expect("a thread").expect_err("a third entry");
    assert_eq!(error.kind(), ErrorKind::Confined);
}

fn a_thread_enters() {
    let probe = Probe::new();
    assert_shared(thread::spawn(enter).join().expect("a thread"), "2 tasks");
    probe.assert_free();
    enter().expect("entry, after the thread has ended");
    probe.assert_refused();
}

fn other_threads() {
    let probe = Probe::new();
    let (sender, receiver) = mpsc::channel::<()>();
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
    let threads: Vec<_> = (0..5)
        .map(|_| {
            let receiver = receiver.clone();
            thread::spawn(move || {
                let _ = receiver.lock().expect("the lock").recv();
            })
        })
        .collect();
    assert_shared(enter(), "6 tasks");
    probe.assert_free();
    drop(sender);
    for thread in threads {
        thread.join().expect("a thread");
    }
    enter().expect("entry, after the threads have ended");
    probe.assert_refused();
}

/// Entry flushes standard output, and must not wait for a thread that never gives it back.
fn a_thread_holds_stdout() {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _held = std::io::stdout().lock();
        sender.send(()).expect("send");
        thread::park();
    });
    receiver.recv().expect("the lock is held");
    assert_shared(enter(), "2 tasks");
}

/// Entry flushes C's streams, and what a stream does with its output is the program's.
fn a_stream_starts_a_thread() {
    let probe = Probe::new();
    sys::stream_that_starts_a_thread();
    let folder = File::open(scratch::folder()).expect("the folder");
    assert_shared(Sandbox::new("entry").grant("folder", &folder, Rights::LOOKUP | Rights::READ).enter(), "2 tasks");
    probe.assert_free();
}

/// Entry allocates while it confines the process. A thread that starts then is not held by what is per thread.
fn an_allocator_starts_a_thread() {
    let folder = File::open(scratch::folder()).expect("the folder");
    let sandbox = Sandbox::new("entry").grant("folder", &folder, Rights::LOOKUP | Rights::READ);
    sys::allocator_that_starts_a_thread();
    let error = sandbox.enter().expect_err("a thread");
    assert_failed(&error);
    assert_eq!(error.kind(), ErrorKind::Shared, "{error}");
    assert!(error.is_partial() && error.help_line().is_some(), "{error}");
}

/// A joined thread stays in the kernel's list for some milliseconds.
fn joined_threads() {
    for round in 0..200 {
        let child = forked(|| {
            let probe = Probe::new();
            thread::spawn(|| {}).join().expect("a thread");
            enter().expect("entry");
            probe.assert_refused();
        });
        assert_eq!(child.end, sandbox_tests::sys::End::Exited(0), "round {round}: {child:?}");
    }
}

fn shared_memory() {
    let probe = Probe::new();
    let sharer = Sharer::start();
    assert_shared(enter(), "shares this process's memory");
    probe.assert_free();
    sharer.end();
    enter().expect("entry, after the other process has ended");
    probe.assert_refused();
}

/// Another process with the same table would put its own file under a granted number.
fn shared_table(outer: &[Answered]) {
    // Without entry the exchange works; with it, it does not.
    let free = forked(|| assert_eq!(exchanged(|_| {}), "exchanged"));
    assert_eq!(free.end, sandbox_tests::sys::End::Exited(0), "{free:?}");
    let text = exchanged(|resources| {
        outer::answer(outer);
        let (file, question, answer) = resources;
        Sandbox::new("entry")
            .grant("file", file, Rights::READ)
            .grant("question", question, Rights::WRITE)
            .grant("answer", answer, Rights::READ)
            .enter()
            .expect("entry");
    });
    assert_eq!(text, "granted");
}

type Resources = (File, std::io::PipeWriter, std::io::PipeReader);

/// What is read from a file after a process with the same descriptor table has exchanged it.
fn exchanged(enter: impl FnOnce(&Resources)) -> String {
    let file = File::open(scratch::file("granted", "granted")).expect("a file");
    let other = File::open(scratch::file("other", "exchanged")).expect("another file");
    let (mut questions, question) = std::io::pipe().expect("a pipe");
    let (answer, mut answers) = std::io::pipe().expect("a pipe");
    let (from, to) = (other.as_raw_fd(), file.as_raw_fd());
    sys::fork_with_table(|| {
        questions.read_exact(&mut [0]).expect("the question");
        call(libc::SYS_dup3, args![from, to, 0]).expect("dup3");
        answers.write_all(b"!").expect("the answer");
    });
    let mut resources = (file, question, answer);
    enter(&resources);
    resources.1.write_all(b"?").expect("ask");
    resources.2.read_exact(&mut [0]).expect("wait");
    let mut text = String::new();
    resources.0.read_to_string(&mut text).expect("read");
    text
}

fn table_cannot_be_unshared() {
    let probe = Probe::new();
    outer::answer(&[
        Answered::with(libc::EPERM, libc::SYS_unshare),
        Answered::with(libc::ENOSYS, libc::SYS_close_range),
    ]);
    outer::assert_answers(libc::SYS_unshare, Errno::EPERM);
    let error = enter().expect_err("no table of its own");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unsupported, false), "{error}");
    assert_eq!(error.raw_os_error(), Some(libc::ENOSYS));
    probe.assert_free();
}

/// An outer filter that answers 0 to both calls leaves the table shared.
fn table_pretended() {
    let probe = Probe::new();
    outer::answer(&[Answered::with(0, libc::SYS_unshare), Answered::with(0, libc::SYS_close_range)]);
    assert_eq!(call(libc::SYS_unshare, args![libc::CLONE_FILES]), Ok(0));
    let error = enter().expect_err("no table of its own");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unsupported, false), "{error}");
    probe.assert_free();
}

/// `struct io_uring_params` (linux/io_uring.h), in words.
type Parameters = [u32; 30];
const FLAGS: usize = 2;
const SQPOLL: u32 = 2;

/// The kernel must have io_uring and permit it (`kernel.io_uring_disabled`).
fn io_uring(flags: u32) -> OwnedFd {
    let mut parameters: Parameters = [0; 30];
    parameters[FLAGS] = flags;
    let made = call(libc::SYS_io_uring_setup, args![4, &raw mut parameters]);
    sys::owned(made.expect("this case needs a kernel that permits io_uring"))
}

fn io_uring_descriptor() {
    let probe = Probe::new();
    let ring = io_uring(0);
    assert_shared(enter(), "io_uring");
    // Nor may it be declared.
    assert_shared(Sandbox::new("entry").grant("ring", &ring, Rights::READ).enter(), "io_uring");
    assert_shared(Sandbox::new("entry").grant("ring", &ring, Rights::NONE).enter(), "io_uring");
    drop(ring);
    enter().expect("entry, after it was closed");
    probe.assert_refused();
}

fn io_uring_mapping() {
    let ring = io_uring(0);
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
    let mapped = call(libc::SYS_mmap, args![0, 4096, protection, flags, ring.as_raw_fd(), 0]).expect("map the ring");
    drop(ring);
    assert_shared(enter(), "io_uring");
    call(libc::SYS_munmap, args![mapped, 4096]).expect("unmap");
    enter().expect("entry, after it was unmapped");
}

/// An outer sandbox that hides io_uring says nothing about what was made before.
fn io_uring_mapping_untold() {
    let ring = io_uring(0);
    let (protection, flags) = (libc::PROT_READ, libc::MAP_PRIVATE);
    call(libc::SYS_mmap, args![0, 4096, protection, flags, ring.as_raw_fd(), 0]).expect("map the ring");
    drop(ring);
    outer::answer(&[Answered::with(libc::ENOSYS, libc::SYS_io_uring_enter)]);
    assert_shared(enter(), "io_uring");
}

/// Its polling thread would go on unconfined.
fn io_uring_thread() {
    let ring = io_uring(SQPOLL);
    assert_shared(enter(), "tasks");
    drop(ring);
}
