//! What a process may have done, or been given, before it is confined: entry refuses it, or undoes it.

use std::fs::File;
use std::io::Write as _;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Command;

use libc::{MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE};
use sandbox_rt::{Error, ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked, is_root};
use sandbox_tests::{args, scratch};

use crate::sys;
use crate::world::{SECRET, declared};

const PAGE: usize = 4096;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("before::another_thread", another_thread),
        Case::new("before::memory_shared_with_a_child", memory_shared_with_a_child),
        Case::new("before::a_ring_for_calls", || ring(0)),
        Case::new("before::a_ring_with_a_thread_in_the_kernel", || ring(IORING_SETUP_SQPOLL)),
        Case::new("before::a_ring_by_its_index", || pending(Ring::register)),
        Case::new("before::a_ring_by_a_mapping_to_read", || pending(Ring::map_privately)),
        Case::new("before::a_ring_that_is_closed", closed_ring),
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
    ];
    if is_root() {
        cases.push(Case::new("before::procfs_beneath_a_name_with_a_space", procfs_beneath_a_space));
        cases.push(Case::new("before::procfs_in_another_namespace", procfs_elsewhere));
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

pub(crate) fn sandbox() -> Sandbox<'static> {
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

/// Words of `struct io_uring_params` (linux/io_uring.h): where a ring's tail and its list of requests are.
const SQ_TAIL: usize = 11;
const SQ_ARRAY: usize = 16;
const OFFSET_OF_REQUESTS: i64 = 0x1000_0000;
const IORING_OP_READ: u64 = 22;

/// An io_uring instance with one request, which waits.
struct Ring(OwnedFd);

impl Ring {
    /// Reads from `source` into `buffer` when there is something to read.
    fn that_reads(source: &impl AsRawFd, buffer: &mut [u8]) -> Self {
        let mut parameters = [0_u32; 30];
        let ring = sys::owned(call(libc::SYS_io_uring_setup, args![4, &mut parameters]).expect("a ring"));
        let map = |offset: i64| {
            let access = args![0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring.as_raw_fd(), offset];
            usize::try_from(call(libc::SYS_mmap, access).expect("map the ring")).expect("an address")
        };
        let (indices, requests) = (map(0), map(OFFSET_OF_REQUESTS));
        let at = |word: usize| indices + parameters[word] as usize;
        let source = u64::from(source.as_raw_fd().unsigned_abs());
        let request = [IORING_OP_READ | source << 32, u64::MAX, buffer.as_mut_ptr().expose_provenance() as u64];
        let request = request.into_iter().chain([buffer.len() as u64]).flat_map(u64::to_le_bytes);
        request.zip(requests..).for_each(|(byte, address)| sys::poke(address, byte));
        sys::poke(at(SQ_ARRAY), 0);
        sys::poke(at(SQ_TAIL), 1);
        assert_eq!(call(libc::SYS_io_uring_enter, args![ring.as_raw_fd(), 1, 0, 0, 0, 0]), Ok(1));
        for address in [indices, requests] {
            call(libc::SYS_munmap, args![address, PAGE]).expect("unmap it");
        }
        Self(ring)
    }

    /// It stays although the descriptor is closed: the thread keeps it under an index.
    fn register(self) {
        const IORING_REGISTER_RING_FDS: u32 = 20;
        let anywhere = u64::from(u32::MAX);
        let update = [anywhere, u64::from(self.0.as_raw_fd().unsigned_abs())];
        call(libc::SYS_io_uring_register, args![self.0.as_raw_fd(), IORING_REGISTER_RING_FDS, &update, 1])
            .expect("register it");
    }

    /// It stays although the descriptor is closed: the mapping, which is not shared, keeps it.
    fn map_privately(self) {
        map(PAGE, PROT_READ, MAP_PRIVATE, self.0.as_raw_fd()).expect("map it");
    }
}

/// A request that waits in the kernel reads from an undeclared descriptor, after both are closed.
fn pending(keep: fn(Ring)) {
    let begin = |buffer: &mut [u8]| {
        let (source, sender) = std::io::pipe().expect("a pipe");
        keep(Ring::that_reads(&source, buffer));
        sender
    };
    let child = forked(|| {
        let mut buffer = vec![0; SECRET.len()];
        begin(&mut buffer).write_all(SECRET).expect("without the sandbox");
        // What has been read arrives at the next return from the kernel.
        call(libc::SYS_getpid, args![]).expect("getpid");
        assert_eq!(std::hint::black_box(&buffer), SECRET);
    });
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
    refused(ErrorKind::Shared, || {
        let mut buffer = vec![0; SECRET.len()];
        let _sender = begin(&mut buffer);
        sandbox().enter()
    });
}

/// What is closed and not kept is gone, and so is not in the way.
fn closed_ring() {
    let child = forked(|| {
        let (source, _sender) = std::io::pipe().expect("a pipe");
        let mut buffer = [0; 8];
        drop(Ring::that_reads(&source, &mut buffer));
        sandbox().enter().expect("enter");
    });
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
}

fn asynchronous_calls() {
    refused(ErrorKind::Shared, || {
        call(libc::SYS_io_setup, args![1, &mut [0_usize]]).expect("a context");
        sandbox().enter()
    });
}

pub(crate) fn map(length: usize, protection: i32, flags: i32, descriptor: i32) -> Result<i64, Errno> {
    call(libc::SYS_mmap, args![0, length, protection, flags, descriptor, 0])
}

pub(crate) fn read_write(name: &str) -> File {
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
pub(crate) fn under(file: &File, number: i32) -> OwnedFd {
    sys::owned(call(libc::SYS_dup3, args![file.as_raw_fd(), number, libc::O_CLOEXEC]).expect("dup3"))
}

fn too_high() {
    refused(ErrorKind::Unenforceable, || {
        let file = read_write("high");
        let high = under(&file, 3000);
        sandbox().grant("high", &high, declared("read + dup")).enter()
    });
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

/// The directory stays in the mount namespace in which it was opened, whose mounts the process does not see any more.
fn procfs_elsewhere() {
    refused(ErrorKind::Mismatch, || {
        let folder = scratch::path("elsewhere");
        let point = folder.join("processes");
        std::fs::create_dir_all(&point).expect("a folder");
        let point = std::ffi::CString::new(point.into_os_string().into_encoded_bytes()).expect("a path");
        call(libc::SYS_unshare, args![libc::CLONE_NEWNS]).expect("unshare");
        call(libc::SYS_mount, args![c"none", c"/", 0, libc::MS_REC | libc::MS_PRIVATE, 0]).expect("keep it private");
        call(libc::SYS_mount, args![c"/proc", point.as_c_str(), 0, libc::MS_BIND, 0]).expect("mount");
        let directory = File::open(folder).expect("open the folder");
        let _namespace = File::open("/proc/self/ns/mnt").expect("keep it, as another process in it would");
        call(libc::SYS_unshare, args![libc::CLONE_NEWNS]).expect("unshare again");
        call(libc::SYS_umount2, args![point.as_c_str(), 0]).expect("unmount the copy");
        let memory = args![directory.as_raw_fd(), c"processes/self/mem", libc::O_RDWR, 0];
        drop(sys::owned(call(libc::SYS_openat, memory).expect("open the process's memory")));
        sandbox().grant("directory", &directory, declared("lookup + read + write")).enter()
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
