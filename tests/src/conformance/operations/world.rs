//! What needs no descriptor: paths, addresses, other processes, and what a process makes for itself.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};

use crate::conformance::Operation;
use crate::conformance::Permitted::{Always, Never, WithThreads};
use crate::conformance::operation::{comes_through, differ, gives, op, rustix, std, works};
use crate::scratch;
use crate::sys::{Errno, functions};

const OWN: &str = "FreeBSD does not limit what a process makes for itself: it leads nowhere in capability mode";

/// What std answers without an errno of the kernel is no refusal.
fn attempted<T>(result: std::io::Result<T>) -> Result<(), Errno> {
    comes_through(result.map_err(|error| Errno(error.raw_os_error().unwrap_or(0))))
}

pub(crate) const PATHS: &[Operation] = &[
    op("open a file by its path", Never, |_| std(File::open("/etc/passwd"))),
    op("create a file", Never, |_| std(File::create(scratch::path("created")))),
    op("stat a path", Never, |_| std(fs::metadata("/etc/passwd"))),
    op("list a directory by its path", Never, |_| std(fs::read_dir("/"))),
    op("make a directory", Never, |_| attempted(fs::create_dir(scratch::path("made")))),
    op("rename a file", Never, |_| attempted(fs::rename(scratch::path("created"), scratch::path("renamed")))),
    op("remove a file", Never, |_| attempted(fs::remove_file(scratch::path("renamed")))),
    op("change the working directory", Never, |_| std(std::env::set_current_dir("/"))),
    op("ask for the working directory", Never, |_| std(std::env::current_dir())),
    op("execute a program", Never, |_| std(Command::new("/bin/sh").args(["-c", ":"]).status())),
];

pub(crate) const NETWORK: &[Operation] = &[
    op("connect to an address", Never, |_| attempted(TcpStream::connect(functions::nowhere()))),
    op("listen on an address", Never, |_| std(TcpListener::bind("127.0.0.1:0"))),
    differ("make a socket", Never, Always, OWN, |_| {
        rustix(rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None))
    }),
    differ("make a pair of sockets", Never, Always, OWN, |_| std(UnixStream::pair())),
    differ("make a pipe", Never, Always, OWN, |_| std(std::io::pipe())),
];

pub(crate) const PROCESSES: &[Operation] = &[
    op("signal its process group", Never, |_| rustix(rustix::process::test_kill_current_process_group())),
    differ(
        "signal itself by kill",
        Never,
        Always,
        "abort and raise need tgkill and tkill only, which Linux permits for the process itself",
        |_| rustix(rustix::process::test_kill_process(rustix::process::getpid())),
    ),
    differ("fork", Never, Always, "FreeBSD does not limit it: children are in capability mode too", |_| {
        works(functions::fork(|| {}))
    }),
    differ("start a thread", WithThreads, Always, "FreeBSD does not limit threads", |_| {
        std(std::thread::Builder::new().spawn(|| {}).map(|thread| thread.join().expect("it ends")))
            .map_err(functions::said_by_libc)
    }),
];

pub(crate) const OWN_BUSINESS: &[Operation] = &[
    op("ask for the time, and its own number", Always, |_| {
        assert_ne!(std::process::id(), 0);
        assert!(std::time::SystemTime::now() > std::time::SystemTime::UNIX_EPOCH);
        Ok(())
    }),
    op("sleep", Always, |_| {
        std::thread::sleep(Duration::from_millis(1));
        Ok(())
    }),
    op("allocate", Always, |_| {
        assert_eq!(std::hint::black_box(vec![1_u8; 8 << 20])[4 << 20], 1);
        Ok(())
    }),
    op("random numbers", Always, |_| gives(functions::random(), 16)),
];
