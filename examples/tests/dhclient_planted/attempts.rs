//! What an attacker tries, by raw system call: the machine's files, processes and networks, and more from the socket than
//! frames of its interface.

use std::os::fd::RawFd;
use std::process::Command;

use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::console::say;

/// What the attacker has, and whom it wants.
#[derive(Clone, Copy, Debug)]
struct Prey {
    link: RawFd,
    /// The privileged part.
    client: i32,
}

type Attempt = fn(Prey) -> Result<i64, Errno>;

const HERE: i32 = libc::AT_FDCWD;

/// The loopback interface as a packet socket's address: family, protocol, interface (packet(7)).
fn elsewhere() -> [u8; 20] {
    let mut address = [0; 20];
    address[0] = 17;
    address[4] = 1;
    address
}

const ALL: &[(&str, Attempt)] = &[
    ("read a file", |_| call(libc::SYS_openat, args![HERE, c"/etc/passwd", libc::O_RDONLY])),
    ("list a folder", |_| call(libc::SYS_openat, args![HERE, c"/", libc::O_RDONLY | libc::O_DIRECTORY])),
    ("write the lease file", |_| call(libc::SYS_openat, args![HERE, c"/run/test/leases", libc::O_WRONLY])),
    ("make a file", |_| call(libc::SYS_openat, args![HERE, c"/run/test/new", libc::O_WRONLY | libc::O_CREAT, 0o600])),
    ("make a folder", |_| call(libc::SYS_mkdirat, args![HERE, c"/run/test/folder", 0o700])),
    ("make a link", |_| call(libc::SYS_symlinkat, args![c"/etc/passwd", HERE, c"/run/test/link"])),
    ("change a file's mode", |_| call(libc::SYS_fchmodat, args![HERE, c"/run/test/victim", 0o777])),
    ("rename a file", |_| call(libc::SYS_renameat2, args![HERE, c"/run/test/victim", HERE, c"/run/test/stolen", 0])),
    ("remove the pid file", |_| call(libc::SYS_unlinkat, args![HERE, c"/run/test/pid", 0])),
    ("ask about a file", |_| {
        let mut answer = [0_u64; 32];
        call(libc::SYS_newfstatat, args![HERE, c"/etc/passwd", &mut answer[..], 0])
    }),
    ("read the client's memory", |prey| {
        let path = std::ffi::CString::new(format!("/proc/{}/mem", prey.client)).expect("a path");
        call(libc::SYS_openat, args![HERE, path.as_c_str(), libc::O_RDONLY])
    }),
    ("signal the client", |prey| call(libc::SYS_kill, args![prey.client, 0])),
    ("get hold of the client", |prey| call(libc::SYS_pidfd_open, args![prey.client, 0])),
    ("trace the client", |prey| call(libc::SYS_ptrace, args![libc::PTRACE_SEIZE, prey.client, 0, 0])),
    ("start a program", |_| outcome(Command::new("/bin/true").status())),
    ("start a process", |_| {
        let child = call(libc::SYS_clone, args![libc::SIGCHLD, 0, 0, 0, 0])?;
        if child == 0 {
            let _ = call(libc::SYS_exit_group, args![0]);
        }
        Ok(child)
    }),
    ("start a thread", |_| outcome(std::thread::Builder::new().spawn(|| ()))),
    ("open a UDP socket", |_| call(libc::SYS_socket, args![libc::AF_INET, libc::SOCK_DGRAM, 0])),
    ("open a TCP socket", |_| call(libc::SYS_socket, args![libc::AF_INET, libc::SOCK_STREAM, 0])),
    ("open another packet socket", |_| call(libc::SYS_socket, args![libc::AF_PACKET, libc::SOCK_RAW, 0])),
    ("configure the network", |_| call(libc::SYS_socket, args![libc::AF_NETLINK, libc::SOCK_RAW, 0])),
    ("make a pair of sockets", |_| {
        let mut pair = [0_i32; 2];
        call(libc::SYS_socketpair, args![libc::AF_UNIX, libc::SOCK_STREAM, 0, &mut pair[..]])
    }),
    ("send on another interface", |prey| {
        let (frame, address) = ([0_u8; 60], elsewhere());
        call(libc::SYS_sendto, args![prey.link, &frame[..], frame.len(), 0, &address[..], address.len()])
    }),
    ("send with an address in memory", |prey| {
        let (frame, mut address) = ([0_u8; 60], elsewhere());
        let parts = [frame.as_ptr().expose_provenance(), frame.len()];
        // struct msghdr: name, its length, parts, their number, control, its length, flags.
        let name = address.as_mut_ptr().expose_provenance();
        let message = [name, address.len(), parts.as_ptr().expose_provenance(), 1, 0, 0, 0];
        call(libc::SYS_sendmsg, args![prey.link, &message[..], 0])
    }),
    ("ask which interface it is", |prey| {
        let (mut address, mut length) = ([0_u8; 32], [32_u32]);
        call(libc::SYS_getsockname, args![prey.link, &mut address[..], &mut length[..]])
    }),
    ("change the socket's options", |prey| {
        let size = [65_536_i32];
        call(libc::SYS_setsockopt, args![prey.link, libc::SOL_SOCKET, libc::SO_RCVBUF, &size[..], 4])
    }),
    ("list interfaces through the socket", |prey| {
        let mut list = [0_u64; 2];
        call(libc::SYS_ioctl, args![prey.link, libc::SIOCGIFCONF, &mut list[..]])
    }),
    ("change the socket's flags", |prey| call(libc::SYS_fcntl, args![prey.link, libc::F_SETFL, libc::O_NONBLOCK])),
    ("copy the socket", |prey| call(libc::SYS_dup, args![prey.link])),
    ("bind the socket to another interface", |prey| {
        let address = elsewhere();
        call(libc::SYS_bind, args![prey.link, &address[..], address.len()])
    }),
    ("make a pipe", |_| {
        let mut pipe = [0_i32; 2];
        call(libc::SYS_pipe2, args![&mut pipe[..], 0])
    }),
    ("make a file in memory", |_| call(libc::SYS_memfd_create, args![c"name", 0])),
    ("watch files", |_| call(libc::SYS_inotify_init1, args![0])),
    ("make an event queue", |_| call(libc::SYS_epoll_create1, args![0])),
    ("map memory for code", |_| {
        let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        call(libc::SYS_mmap, args![0, 4096, protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0])
    }),
    ("be another user", |_| call(libc::SYS_setuid, args![0])),
    ("change a limit", |_| {
        let none = [0_u64; 2];
        call(libc::SYS_prlimit64, args![0, libc::RLIMIT_CORE, &none[..], 0])
    }),
    ("mount a file system", |_| call(libc::SYS_mount, args![c"tmpfs", c"/mnt", c"tmpfs", 0, 0])),
    ("make namespaces", |_| call(libc::SYS_unshare, args![libc::CLONE_NEWNET])),
    ("change the root", |_| call(libc::SYS_chroot, args![c"/run"])),
];

/// Makes all attempts with the socket, and on the process that started this one; says what came of each, and ends the process.
pub(crate) fn make(link: RawFd, client: i32) -> ! {
    for (name, attempt) in ALL {
        match attempt(Prey { link, client }) {
            Ok(_) => say(format_args!("attempt: {name}: succeeded")),
            Err(errno) => say(format_args!("attempt: {name}: refused: {errno}")),
        }
    }
    std::process::exit(0)
}

fn outcome<T>(result: std::io::Result<T>) -> Result<i64, Errno> {
    result.map(|_| 0).map_err(|error| Errno(error.raw_os_error().unwrap_or(0)))
}
