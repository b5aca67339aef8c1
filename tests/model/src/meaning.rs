//! What each call does, and so which right must be there for it. Whatever is not named here is never permitted.

use sandbox_policy::linux::Arch;

use crate::rights::Set;
use crate::{Arguments, Process};

/// When a call is let through.
#[derive(Debug, Clone, Copy)]
pub enum Meaning {
    /// Never.
    Never,
    /// If this holds.
    Permitted(fn(&Process, Arguments) -> bool),
    /// Always, but for numbers that keep their meaning: the handler puts the inert descriptor in their place.
    Close,
    /// Never; answered by the handler where some descriptor may be asked about.
    StatByPath,
    /// Never, but with a magic number the filter itself answers.
    Canary,
}

use Meaning::{Never, Permitted};

/// Which right must be on the first argument's descriptor.
macro_rules! on {
    ($right:ident) => {
        Permitted(|process, arguments| process.has(arguments.fd(0), Set::$right))
    };
}

/// What the call with this name means.
#[must_use]
pub fn meaning(name: &str) -> Meaning {
    for part in [data, positions, attributes, beneath, sockets, events, control, memory, base] {
        if let Some(meaning) = part(name) {
            return meaning;
        }
    }
    match name {
        "close" => Meaning::Close,
        "newfstatat" => Meaning::StatByPath,
        "getppid" => Meaning::Canary,
        _ => Never,
    }
}

/// Reading and writing at the file position, and from one descriptor to another.
fn data(name: &str) -> Option<Meaning> {
    // With a position of its own a call seeks and comes back: that is `pread`, `pwrite`.
    fn reads(process: &Process, arguments: Arguments, descriptor: usize, position: usize) -> bool {
        let right = if arguments.null(position) { Set::READ } else { Set::PREAD };
        process.has(arguments.fd(descriptor), right)
    }
    fn writes(process: &Process, arguments: Arguments, descriptor: usize, position: usize) -> bool {
        let right = if arguments.null(position) { Set::WRITE } else { Set::PWRITE };
        process.has(arguments.fd(descriptor), right)
    }
    Some(match name {
        // recvfrom's address is an output. posix_fadvise(2) asks for no right on FreeBSD; a reader's advice here.
        "read" | "readv" | "recvfrom" | "getdents64" | "fadvise64" => on!(READ),
        "write" | "writev" => on!(WRITE),
        // To the one peer: no address, and no connecting on the way.
        "sendto" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::WRITE) && arguments.null(4) && arguments.int(3) & 0x2000_0000 == 0
        }),
        "sendfile" => {
            Permitted(|process, arguments| process.has(arguments.fd(0), Set::WRITE) && reads(process, arguments, 1, 2))
        }
        "copy_file_range" => Permitted(|process, arguments| {
            reads(process, arguments, 0, 1) && writes(process, arguments, 2, 3) && arguments.int(5) == 0
        }),
        "splice" => Permitted(|process, arguments| reads(process, arguments, 0, 1) && writes(process, arguments, 2, 3)),
        "fsync" | "fdatasync" | "sync_file_range" => on!(FSYNC),
        "ftruncate" => on!(FTRUNCATE),
        _ => return None,
    })
}

/// Reading and writing at a position, and the position.
fn positions(name: &str) -> Option<Meaning> {
    /// RWF_HIPRI, RWF_DSYNC, RWF_SYNC, RWF_NOWAIT. Others write elsewhere than the call says (RWF_APPEND,
    /// RWF_NOAPPEND), or are newer than the facts known about them.
    const HARMLESS: u32 = 1 | 2 | 4 | 8;
    Some(match name {
        "pread64" | "preadv" => on!(PREAD),
        "pwrite64" | "pwritev" => on!(PWRITE),
        "preadv2" => Permitted(|process, arguments| {
            let right = if arguments.offset(3) == -1 { Set::READ } else { Set::PREAD };
            process.has(arguments.fd(0), right) && arguments.only(5, HARMLESS)
        }),
        "pwritev2" => Permitted(|process, arguments| {
            let right = if arguments.offset(3) == -1 { Set::WRITE } else { Set::PWRITE };
            process.has(arguments.fd(0), right) && arguments.only(5, HARMLESS)
        }),
        // Reserving space, beyond the end or not; the other modes punch holes and move data.
        "fallocate" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::PWRITE) && matches!(arguments.int(1), 0 | 1)
        }),
        // SEEK_CUR by nothing only tells.
        "lseek" => Permitted(|process, arguments| {
            let tells = arguments.offset(1) == 0 && arguments.int(2) == 1;
            process.has(arguments.fd(0), if tells { Set::SEEK_TELL } else { Set::SEEK })
        }),
        _ => return None,
    })
}

/// What is said about a file besides its content.
fn attributes(name: &str) -> Option<Meaning> {
    Some(match name {
        "fstat" => on!(FSTAT),
        "fstatfs" => Permitted(|process, arguments| {
            let descriptor = arguments.fd(0);
            process.has(descriptor, Set::FSTATFS) || process.has(descriptor, Set::FPATHCONF)
        }),
        "flock" => on!(FLOCK),
        "fchmod" => on!(FCHMOD),
        "fchown" => on!(FCHOWN),
        // Without a path: of the descriptor itself.
        "utimensat" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::FUTIMES) && arguments.null(1) && arguments.int(3) == 0
        }),
        "fgetxattr" => on!(EXTATTR_GET),
        "fsetxattr" => on!(EXTATTR_SET),
        "flistxattr" => on!(EXTATTR_LIST),
        "fremovexattr" => on!(EXTATTR_DELETE),
        _ => return None,
    })
}

/// What starts from a directory; that it stays beneath, Landlock sees to.
fn beneath(name: &str) -> Option<Meaning> {
    Some(match name {
        "openat" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::LOOKUP) && opening(process, arguments.fd(0), arguments.int(2))
        }),
        "mkdirat" => on!(MKDIRAT),
        // S_IFIFO.
        "mknodat" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::MKFIFOAT) && arguments.int(2) & 0xf000 == 0x1000
        }),
        "symlinkat" => Permitted(|process, arguments| process.has(arguments.fd(1), Set::SYMLINKAT)),
        // AT_REMOVEDIR.
        "unlinkat" => {
            Permitted(|process, arguments| process.has(arguments.fd(0), Set::UNLINKAT) && arguments.only(2, 0x200))
        }
        "renameat" => Permitted(renames),
        // RENAME_NOREPLACE; not RENAME_EXCHANGE, RENAME_WHITEOUT.
        "renameat2" => Permitted(|process, arguments| renames(process, arguments) && matches!(arguments.int(4), 0 | 1)),
        // Neither AT_EMPTY_PATH nor AT_SYMLINK_FOLLOW.
        "linkat" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::LINKAT_SOURCE)
                && process.has(arguments.fd(2), Set::LINKAT_TARGET)
                && arguments.int(4) == 0
        }),
        _ => return None,
    })
}

fn renames(process: &Process, arguments: Arguments) -> bool {
    process.has(arguments.fd(0), Set::RENAMEAT_SOURCE) && process.has(arguments.fd(2), Set::RENAMEAT_TARGET)
}

/// Whether the rights of a directory permit these flags of open(2).
fn opening(process: &Process, directory: u32, flags: u32) -> bool {
    let has = |right| process.has(directory, right);
    // O_DIRECTORY, O_NOFOLLOW and O_LARGEFILE differ between architectures (asm/fcntl.h).
    let (only_directories, no_links, large) = match process.arch {
        Arch::X86_64 | Arch::Riscv64 => (0o200_000, 0o400_000, 0o100_000),
        Arch::Aarch64 => (0o40_000, 0o100_000, 0o400_000),
    };
    let mut left = flags;
    // O_NOCTTY, O_NONBLOCK, O_CLOEXEC: how it is opened, not what for.
    left &= !(only_directories | no_links | large | 0o400 | 0o4000 | 0o2_000_000);
    let access = match left & 0o3 {
        0 => has(Set::READ),
        1 => has(Set::WRITE),
        2 => has(Set::READ) && has(Set::WRITE),
        _ => false,
    };
    // O_APPEND, which only means something for writing.
    if left & 0o3 != 0 {
        left &= !0o2000;
    }
    left &= !0o3;
    // O_CREAT, O_EXCL; O_TRUNC; O_DSYNC, O_SYNC.
    for (right, bits) in [(Set::CREATE, 0o300), (Set::FTRUNCATE, 0o1000), (Set::FSYNC, 0o4_010_000)] {
        if has(right) {
            left &= !bits;
        }
    }
    access && left == 0
}

fn sockets(name: &str) -> Option<Meaning> {
    Some(match name {
        "accept" => on!(ACCEPT),
        // SOCK_CLOEXEC, SOCK_NONBLOCK.
        "accept4" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::ACCEPT) && arguments.only(3, 0o2_000_000 | 0o4000)
        }),
        "listen" => on!(LISTEN),
        "shutdown" => on!(SHUTDOWN),
        "getpeername" => on!(GETPEERNAME),
        "getsockname" => on!(GETSOCKNAME),
        "getsockopt" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::GETSOCKOPT) && readable(arguments.int(1), arguments.int(2))
        }),
        "setsockopt" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::SETSOCKOPT) && settable(arguments.int(1), arguments.int(2))
        }),
        _ => return None,
    })
}

/// Options that only say something about the socket: sizes, timeouts, modes, its type and state. Not those whose answer
/// is a descriptor (SO_PEERPIDFD, SCTP_SOCKOPT_PEELOFF), or that tell about the peer or the system.
fn readable(level: u32, option: u32) -> bool {
    match level {
        // SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN.
        1 => settable(level, option) || matches!(option, 2 | 3 | 4 | 30 | 38 | 39),
        // TCP_MAXSEG, TCP_INFO.
        6 => settable(level, option) || matches!(option, 2 | 11),
        // SOL_PACKET: PACKET_STATISTICS.
        263 => option == 6,
        _ => settable(level, option),
    }
}

/// Options that change how the socket itself sends, receives and waits.
fn settable(level: u32, option: u32) -> bool {
    match level {
        // SOL_IP: IP_TOS, IP_TTL, IP_MULTICAST_TTL, IP_MULTICAST_LOOP.
        0 => matches!(option, 1 | 2 | 33 | 34),
        // SOL_SOCKET: SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_LINGER, SO_RCVLOWAT, SO_RCVTIMEO and SO_SNDTIMEO, old and
        // new.
        1 => matches!(option, 7 | 8 | 9 | 13 | 18 | 20 | 21 | 66 | 67),
        // SOL_TCP: TCP_NODELAY, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_QUICKACK, TCP_USER_TIMEOUT.
        6 => matches!(option, 1 | 3 | 4 | 5 | 6 | 12 | 18),
        // SOL_IPV6: IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP, IPV6_V6ONLY.
        41 => matches!(option, 16 | 18 | 19 | 26),
        _ => false,
    }
}

fn events(name: &str) -> Option<Meaning> {
    Some(match name {
        // The sets are in memory.
        "poll" | "ppoll" | "select" | "pselect6" => Permitted(|process, _| process.some(Set::EVENT)),
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => on!(KQUEUE_EVENT),
        "epoll_ctl" => Permitted(|process, arguments| {
            process.has(arguments.fd(0), Set::KQUEUE_CHANGE) && process.has(arguments.fd(2), Set::EVENT)
        }),
        "inotify_rm_watch" => on!(INOTIFY_RM),
        // P_PIDFD.
        "waitid" => Permitted(|process, arguments| arguments.int(0) == 3 && process.has(arguments.fd(1), Set::PDWAIT)),
        _ => return None,
    })
}

/// ioctl(2) and fcntl(2).
fn control(name: &str) -> Option<Meaning> {
    Some(match name {
        "ioctl" => Permitted(|process, arguments| {
            let (descriptor, request) = (arguments.fd(0), arguments.int(1));
            process.ask(Set::IOCTL);
            let listed = process.grant(descriptor).is_some_and(|grant| grant.ioctls.contains(&request));
            listed
                || match request {
                    // TIOCGWINSZ: musl's isatty(3) as well.
                    0x5413 => process.has(descriptor, Set::WINSIZE) || process.has(descriptor, Set::ISATTY),
                    // TCGETS, TCGETS2.
                    0x5401 | 0x802c_542a => process.has(descriptor, Set::ISATTY),
                    // FIONBIO.
                    0x5421 => process.has(descriptor, Set::NONBLOCKING),
                    _ => false,
                }
        }),
        "fcntl" => Permitted(|process, arguments| {
            let descriptor = arguments.fd(0);
            process.ask(Set::FCNTL);
            let listed = |command: &str| {
                process.grant(descriptor).is_some_and(|grant| grant.fcntls.iter().any(|listed| listed == command))
            };
            match arguments.int(1) {
                // F_DUPFD, F_DUPFD_CLOEXEC.
                0 | 1030 => process.has(descriptor, Set::DUP),
                // F_GETFD tells nothing but that it is open.
                1 => true,
                // F_GETFL.
                3 => process.has(descriptor, Set::NONBLOCKING) || listed("getfl"),
                // F_SETFL.
                4 => listed("setfl") && modes(process, descriptor, arguments.int(2)),
                // F_SETOWN: to nobody or to oneself.
                8 => listed("setown") && (arguments.int(2) == 0 || arguments.int(2) == process.pid),
                // F_GETOWN, F_GETOWN_EX.
                9 | 16 => listed("getown"),
                // F_GETLK, F_SETLK, F_SETLKW, and those of open file descriptions.
                5..=7 | 36..=38 => process.has(descriptor, Set::FLOCK),
                _ => false,
            }
        }),
        _ => return None,
    })
}

/// Whether the status flags may become these: non-blocking and append mode, and append mode never ends. The access mode
/// and O_LARGEFILE are ignored by the kernel.
fn modes(process: &Process, descriptor: u32, flags: u32) -> bool {
    let large = if process.arch == Arch::Aarch64 { 0o400_000 } else { 0o100_000 };
    let append = process.grant(descriptor).is_some_and(|grant| grant.append);
    flags & !(0o3 | 0o2000 | 0o4000 | large) == 0 && (!append || flags & 0o2000 != 0)
}

/// Mappings. Nothing is ever executable.
fn memory(name: &str) -> Option<Meaning> {
    Some(match name {
        "mmap" => Permitted(|process, arguments| {
            let (protection, flags) = (arguments.int(2), arguments.int(3));
            if flags & 0x20 != 0 {
                // MAP_ANONYMOUS: the process's own memory.
                return protection & 4 == 0;
            }
            let descriptor = arguments.fd(4);
            // PROT_READ, PROT_WRITE; MAP_TYPE.
            match (protection, flags & 0xf) {
                // A mapping without access of whatever one may map.
                (0, 2) => process.has(descriptor, Set::MMAP),
                (1..=3, 2) => process.has(descriptor, Set::MMAP_R),
                // What is written to a shared mapping is in the file, and a reader's could be made a writer's.
                (0..=3, 1 | 3) => process.has(descriptor, Set::MMAP_W),
                _ => false,
            }
        }),
        // PROT_EXEC; PROT_GROWSDOWN and PROT_GROWSUP reach beyond the range.
        "mprotect" => Permitted(|_, arguments| arguments.int(2) & (4 | 0x0300_0000) == 0),
        _ => return None,
    })
}

/// What every program needs to compute, and what threads need. It reaches nothing outside the process.
fn base(name: &str) -> Option<Meaning> {
    const ALWAYS: Meaning = Permitted(|_, _| true);
    const THREADS: Meaning = Permitted(|process, _| process.threads);
    Some(match name {
        "brk" | "munmap" | "mremap" | "rt_sigprocmask" | "rt_sigreturn" | "sigaltstack" | "getpid" | "gettid"
        | "gettimeofday" | "time" | "nanosleep" | "restart_syscall" | "getcpu" | "futex" | "sched_yield"
        | "getrandom" | "exit_group" | "riscv_hwprobe" => ALWAYS,
        "exit" | "set_robust_list" | "rseq" => THREADS,
        // Not MADV_HWPOISON and MADV_SOFT_OFFLINE, which break pages of the machine; nothing newer than is known.
        "madvise" => Permitted(|_, arguments| matches!(arguments.int(2), 0..=25 | 102 | 103)),
        // PR_SET_NAME; PR_SET_VMA_ANON_NAME.
        "prctl" => Permitted(|process, arguments| match arguments.int(0) {
            15 => process.threads,
            0x5356_4d41 => arguments.int(1) == 0,
            _ => false,
        }),
        // SIGSYS is the handler's.
        "rt_sigaction" => Permitted(|_, arguments| matches!(arguments.int(0), 1..=30 | 32..=64)),
        "tgkill" | "tkill" => Permitted(|process, arguments| arguments.int(0) == process.pid),
        // The system's clocks; others are other processes', or descriptors'.
        "clock_gettime" => Permitted(|_, arguments| arguments.int(0) <= 11),
        // CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI.
        "clock_nanosleep" => Permitted(|_, arguments| matches!(arguments.int(0), 0 | 1 | 7 | 11)),
        "sched_getaffinity" => Permitted(|_, arguments| arguments.int(0) == 0),
        // A thread: it shares memory, files and signal handlers (CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM), and may
        // be told where its own data is (CLONE_SETTLS, PARENT_SETTID, CHILD_CLEARTID) or carry an old flag without
        // effect (CLONE_DETACHED).
        "clone" => Permitted(|process, arguments| {
            let shared = 0x100 | 0x200 | 0x400 | 0x800 | 0x1_0000 | 0x4_0000;
            let more = 0x8_0000 | 0x10_0000 | 0x20_0000 | 0x40_0000;
            let flags = arguments.int(0);
            process.threads && flags & shared == shared && flags & !(shared | more) == 0
        }),
        // The handler of closed numbers puts the inert descriptor in their place.
        "dup3" => Permitted(|process, arguments| {
            process.pinned(arguments.fd(1))
                && arguments.fd(1) < process.bound
                && arguments.fd(0) == process.inert
                && arguments.int(2) == 0o2_000_000
        }),
        _ => return None,
    })
}
