//! What an attacker would try, by raw system calls.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

/// What the attempts are aimed at.
#[derive(Clone, Debug)]
pub(crate) struct Prey {
    /// The capture file, or the capture.
    pub(crate) input: i32,
    pub(crate) is_capture: bool,
    pub(crate) out: i32,
    /// Where a secret lies.
    pub(crate) folder: PathBuf,
    pub(crate) parent: u32,
}

impl Prey {
    fn path(&self, name: &str) -> CString {
        CString::new(self.folder.join(name).as_os_str().as_bytes()).expect("a path")
    }
}

type Attempt = (&'static str, fn(&Prey) -> Result<i64, Errno>);

/// Makes all attempts, and says what came of each.
pub(crate) fn made(prey: &Prey) -> Vec<(&'static str, Result<i64, Errno>)> {
    let special = if prey.is_capture { ON_A_CAPTURE } else { ON_A_FILE };
    ANYWHERE.iter().chain(special).map(|(what, attempt)| (*what, attempt(prey))).collect()
}

const AT_CWD: i32 = libc::AT_FDCWD;
const READ_WRITE_EXECUTE: i32 = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
const PRIVATE: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
const PAGE: usize = 4096;

const ANYWHERE: &[Attempt] = &[
    ("read a file", |prey| call(libc::SYS_openat, args![AT_CWD, &*prey.path("secret"), libc::O_RDONLY, 0])),
    ("create a file", |prey| {
        let flags = libc::O_CREAT | libc::O_WRONLY;
        call(libc::SYS_openat, args![AT_CWD, &*prey.path("new"), flags, 0o600])
    }),
    ("ask about a file", |prey| call(libc::SYS_newfstatat, args![AT_CWD, &*prey.path("secret"), &mut [0_u64; 18], 0])),
    ("follow a link", |_| call(libc::SYS_readlinkat, args![AT_CWD, c"/proc/self/exe", &mut [0_u8; 256], 256])),
    ("change a file's mode", |prey| call(libc::SYS_fchmodat, args![AT_CWD, &*prey.path("secret"), 0o644])),
    ("make a directory", |prey| call(libc::SYS_mkdirat, args![AT_CWD, &*prey.path("directory"), 0o700])),
    ("make a link", |prey| call(libc::SYS_symlinkat, args![c"secret", AT_CWD, &*prey.path("link")])),
    ("rename a file", |prey| {
        call(libc::SYS_renameat2, args![AT_CWD, &*prey.path("victim"), AT_CWD, &*prey.path("moved"), 0])
    }),
    ("remove a file", |prey| call(libc::SYS_unlinkat, args![AT_CWD, &*prey.path("moved"), 0])),
    ("run a program", |_| run(c"/bin/true")),
    ("make an internet socket", |_| call(libc::SYS_socket, args![libc::AF_INET, libc::SOCK_DGRAM, 0])),
    ("make a unix socket", |_| call(libc::SYS_socket, args![libc::AF_UNIX, libc::SOCK_STREAM, 0])),
    ("make a pair of sockets", |_| {
        call(libc::SYS_socketpair, args![libc::AF_UNIX, libc::SOCK_STREAM, 0, &mut [0_i32; 2]])
    }),
    ("make a pipe", |_| call(libc::SYS_pipe2, args![&mut [0_i32; 2], 0])),
    ("copy a descriptor", |prey| call(libc::SYS_dup, args![prey.out])),
    ("make a file in memory", |_| call(libc::SYS_memfd_create, args![c"memory", 0])),
    ("watch for events", |_| call(libc::SYS_epoll_create1, args![0])),
    ("reach its parent", |prey| call(libc::SYS_kill, args![prey.parent, 0])),
    ("be traced", |_| call(libc::SYS_ptrace, args![libc::PTRACE_TRACEME, 0, 0, 0])),
    ("map memory that can be executed", |_| call(libc::SYS_mmap, args![0, PAGE, READ_WRITE_EXECUTE, PRIVATE, -1, 0])),
    ("share memory", |_| call(libc::SYS_shmget, args![libc::IPC_PRIVATE, PAGE, 0o600])),
    ("learn about the machine", |_| call(libc::SYS_uname, args![&mut [0_u8; 390]])),
    ("learn where it is", |_| call(libc::SYS_getcwd, args![&mut [0_u8; 4096], 4096])),
    ("make namespaces", |_| call(libc::SYS_unshare, args![libc::CLONE_NEWUSER])),
    ("read its output back", |prey| call(libc::SYS_read, args![prey.out, &mut [0_u8; 1], 1])),
    ("write elsewhere in its output", |prey| call(libc::SYS_pwrite64, args![prey.out, b"x", 1, 0])),
    ("go back in its output", |prey| call(libc::SYS_lseek, args![prey.out, 0, libc::SEEK_SET])),
    ("empty its output", |prey| call(libc::SYS_ftruncate, args![prey.out, 0])),
    ("give its output away", |prey| call(libc::SYS_fchmod, args![prey.out, 0o666])),
];

const ON_A_FILE: &[Attempt] = &[
    ("write to its input", |prey| call(libc::SYS_write, args![prey.input, b"x", 1])),
    ("go back in its input", |prey| call(libc::SYS_lseek, args![prey.input, 0, libc::SEEK_SET])),
    ("map its input", |prey| call(libc::SYS_mmap, args![0, PAGE, libc::PROT_READ, libc::MAP_SHARED, prey.input, 0])),
    ("empty its input", |prey| call(libc::SYS_ftruncate, args![prey.input, 0])),
];

const ON_A_CAPTURE: &[Attempt] = &[
    ("send a frame", |prey| call(libc::SYS_sendto, args![prey.input, &[0_u8; 60], 60, 0, 0, 0])),
    ("write a frame", |prey| call(libc::SYS_write, args![prey.input, &[0_u8; 60], 60])),
    ("listen to all interfaces", |prey| {
        // `struct sockaddr_ll`: any protocol, any interface.
        let mut address = [0_u8; 20];
        address[..2].copy_from_slice(&17_u16.to_ne_bytes());
        address[2..4].copy_from_slice(&3_u16.to_be_bytes());
        call(libc::SYS_bind, args![prey.input, &address, address.len()])
    }),
    ("change what is captured", |prey| {
        call(libc::SYS_setsockopt, args![prey.input, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, &[0_i32], 4])
    }),
    ("learn which interface it is", |prey| {
        call(libc::SYS_getsockname, args![prey.input, &mut [0_u8; 20], &mut [20_u32]])
    }),
    ("ask the interfaces", |prey| {
        let mut request = [0_u8; 40];
        request[..2].copy_from_slice(b"lo");
        call(libc::SYS_ioctl, args![prey.input, libc::SIOCGIFFLAGS, &mut request])
    }),
    ("map its ring anew", |prey| {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        call(libc::SYS_mmap, args![0, 1 << 20, protection, libc::MAP_SHARED, prey.input, 0])
    }),
];

/// Runs a program in a child and waits for it.
fn run(program: &std::ffi::CStr) -> Result<i64, Errno> {
    let child = call(libc::SYS_clone, args![libc::SIGCHLD, 0, 0, 0, 0])?;
    if child == 0 {
        let _ = call(libc::SYS_execve, args![program, &[0_usize], &[0_usize]]);
        let _ = call(libc::SYS_exit_group, args![1]);
    }
    let mut status = [0_i32];
    call(libc::SYS_wait4, args![child, &mut status, 0, 0])?;
    if status == [0] { Ok(0) } else { Err(Errno::ECHILD) }
}
