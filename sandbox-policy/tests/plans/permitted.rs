//! A second opinion on the lowering, written from the manual pages and not from the vocabulary's rules: which right on
//! a descriptor must be there for a call that names it to be let through.

use proptest::prelude::*;
use sandbox_policy::linux::bpf::{Data, emit, run};
use sandbox_policy::linux::{ALL_CALLS, Action, Arch, Call};
use sandbox_policy::{Allow, Declared, Rights, vocabulary};

use crate::declarations::{Declaration, INERT, declaration};

/// When a call may be let through at all.
enum Permitted {
    /// Always: it reaches nothing outside the process.
    Always,
    /// Where threads are allowed.
    Threads,
    /// Where some descriptor has this right.
    Anywhere(&'static str),
    /// Where the descriptor in this argument has one of these rights.
    On(usize, &'static [&'static str]),
    /// Where both do.
    Both((usize, &'static [&'static str]), (usize, &'static [&'static str])),
    /// Never.
    Never,
}

use Permitted::{Always, Anywhere, Both, Never, On, Threads};

/// The calls that take descriptors, and the few others that a confined program has.
fn permitted(call: Call, args: &[u64; 6]) -> Permitted {
    const BASE: &str = "brk munmap mremap madvise rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack getpid gettid \
        gettimeofday time clock_nanosleep nanosleep restart_syscall getcpu futex sched_yield getrandom exit \
        exit_group close riscv_flush_icache riscv_hwprobe";
    let name = call.name();
    let low = |argument: usize| args[argument] & 0xffff_ffff;
    match name {
        "read" | "readv" | "recvfrom" | "getdents64" | "fadvise64" => On(0, &["read"]),
        "pread64" | "preadv" => On(0, &["pread"]),
        "preadv2" => On(0, if args[3] == u64::MAX { &["read"] } else { &["pread"] }),
        "write" | "writev" => On(0, &["write"]),
        // Without an address.
        "sendto" if args[4] == 0 => On(0, &["write"]),
        "pwrite64" | "pwritev" | "fallocate" => On(0, &["pwrite"]),
        "pwritev2" => On(0, if args[3] == u64::MAX { &["write"] } else { &["pwrite"] }),
        "lseek" if args[1] == 0 && low(2) == 1 => On(0, &["seek_tell"]),
        "lseek" => On(0, &["seek"]),
        "sendfile" => Both((0, &["write"]), (1, if args[2] == 0 { &["read"] } else { &["pread"] })),
        "copy_file_range" | "splice" => Both(
            (0, if args[1] == 0 { &["read"] } else { &["pread"] }),
            (2, if args[3] == 0 { &["write"] } else { &["pwrite"] }),
        ),
        "fsync" | "fdatasync" | "sync_file_range" => On(0, &["fsync"]),
        "ftruncate" => On(0, &["ftruncate"]),
        "fstat" => On(0, &["fstat"]),
        "fstatfs" => On(0, &["fstatfs", "fpathconf"]),
        "flock" => On(0, &["flock"]),
        "fchmod" => On(0, &["fchmod"]),
        "fchown" => On(0, &["fchown"]),
        // Of the descriptor itself: no path.
        "utimensat" if args[1] == 0 && low(3) == 0 => On(0, &["futimes"]),
        "fgetxattr" => On(0, &["extattr_get"]),
        "fsetxattr" => On(0, &["extattr_set"]),
        "flistxattr" => On(0, &["extattr_list"]),
        "fremovexattr" => On(0, &["extattr_delete"]),
        "openat" => On(0, &["lookup"]),
        "mkdirat" => On(0, &["mkdirat"]),
        "mknodat" if low(2) & 0xf000 == 0x1000 => On(0, &["mkfifoat"]),
        "symlinkat" => On(1, &["symlinkat"]),
        "unlinkat" => On(0, &["unlinkat"]),
        "renameat" | "renameat2" => Both((0, &["renameat_source"]), (2, &["renameat_target"])),
        "linkat" => Both((0, &["linkat_source"]), (2, &["linkat_target"])),
        "accept" | "accept4" => On(0, &["accept"]),
        "listen" => On(0, &["listen"]),
        "shutdown" => On(0, &["shutdown"]),
        "getpeername" => On(0, &["getpeername"]),
        "getsockname" => On(0, &["getsockname"]),
        "getsockopt" => On(0, &["getsockopt"]),
        "setsockopt" => On(0, &["setsockopt"]),
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => On(0, &["kqueue_event"]),
        "epoll_ctl" => Both((0, &["kqueue_change"]), (2, &["event"])),
        "poll" | "ppoll" | "select" | "pselect6" => Anywhere("event"),
        "inotify_rm_watch" => On(0, &["inotify_rm"]),
        "waitid" if low(0) == 3 => On(1, &["pdwait"]),
        // Input into a terminal, and what mints descriptors.
        "ioctl" if [0x5412, 0x541c, 0x5441].contains(&low(1)) => Never,
        "ioctl" => On(0, &["ioctl", "isatty", "winsize", "nonblocking"]),
        "fcntl" => match low(1) {
            0 | 1030 => On(0, &["dup"]),
            1 => Always,
            3 => On(0, &["fcntl", "nonblocking"]),
            4 | 8 | 9 => On(0, &["fcntl"]),
            5..=7 | 36..=38 => On(0, &["flock"]),
            _ => Never,
        },
        // Nothing is ever executable; anonymous memory is the process's own.
        "mmap" | "mprotect" if low(2) & 4 != 0 => Never,
        "mprotect" => Always,
        "mmap" if low(3) & 0x20 != 0 => Always,
        "mmap" if low(2) == 0 => On(4, &["mmap"]),
        // A shared mapping changes the file.
        "mmap" if low(3) & 1 != 0 => On(4, &["mmap_w"]),
        "mmap" => On(4, &["mmap_r"]),
        "clone" | "rseq" | "set_robust_list" => Threads,
        "prctl" if low(0) == 15 => Threads,
        "prctl" if low(0) == 0x5356_4d41 => Always,
        "clock_gettime" | "clock_getres" if low(0) < 16 => Always,
        "tkill" | "tgkill" if low(0) == u64::from(crate::declarations::PID) => Always,
        "sched_getaffinity" if low(0) == 0 => Always,
        // One's own limits, read.
        "prlimit64" if low(0) == 0 && args[2] == 0 => Always,
        // What the handler of closed numbers does.
        "dup3" if low(0) == u64::from(INERT) => Always,
        _ if BASE.split_whitespace().any(|base| base == name) => Always,
        _ => Never,
    }
}

/// What a declaration says about a number, read by itself.
struct Said<'a> {
    declaration: &'a Declaration,
    /// What is made after entry gets numbers from here on.
    bound: u64,
}

impl Said<'_> {
    fn rights(&self, descriptor: u64) -> Rights {
        let number = descriptor & 0xffff_ffff;
        let entries = &self.declaration.entries;
        let mut rights = Rights::NONE;
        for entry in entries {
            if entry.numbers.iter().any(|&declared| u64::from(declared) == number) {
                rights = rights | entry.declared.rights;
            }
        }
        if number == 2 && !entries.iter().any(|entry| entry.name == "stderr") {
            rights = rights | Rights::WRITE;
        }
        if self.bound <= number && number <= u64::from(i32::MAX.cast_unsigned()) {
            rights = rights | self.minted();
        }
        rights
    }

    fn minted(&self) -> Rights {
        let of = |declared: &Declared| {
            let accepted = declared.minted.as_deref().map_or(Rights::NONE, |minted| minted.rights);
            let mints = declared.rights.intersects(Rights::LOOKUP | Rights::DUP);
            accepted | if mints { declared.rights } else { Rights::NONE }
        };
        self.declaration.entries.iter().fold(Rights::NONE, |all, entry| all | of(&entry.declared))
    }

    fn has(&self, descriptor: u64, one_of: &[&str]) -> bool {
        let rights = self.rights(descriptor);
        one_of.iter().any(|name| rights.contains(vocabulary::find(name).expect("a right").rights))
    }

    fn permits(&self, call: Call, args: &[u64; 6]) -> bool {
        match permitted(call, args) {
            Always => true,
            Never => false,
            Threads => self.declaration.allow.contains(Allow::THREADS),
            Anywhere(right) => {
                self.declaration
                    .entries
                    .iter()
                    .any(|entry| entry.declared.rights.contains(vocabulary::find(right).unwrap().rights))
                    || self.has(self.bound, &[right])
            }
            On(argument, rights) => self.has(args[argument], rights),
            Both(first, second) => self.has(args[first.0], first.1) && self.has(args[second.0], second.1),
        }
    }
}

/// Numbers that arguments of every kind have: descriptors, commands, flags, offsets, requests.
const VALUES: [u64; 36] = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    36,
    0x20,
    0x22,
    0x0a,
    15,
    100,
    1030,
    0x800,
    0x400,
    0x5401,
    0x5412,
    0x5413,
    0x5421,
    0x1000,
    0x8_0000,
    0x5356_4d41,
    4242,
    0x5_0f00,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX,
    1 << 32,
    1 << 32 | 3,
    0x3d_0f00,
];

/// Runs the program of the plan on calls of every number; gives how many were let through.
fn nothing_unsaid_is_allowed(declaration: &Declaration, arch: Arch, arguments: &[[usize; 6]]) -> usize {
    let plan = declaration.lower(arch).unwrap();
    let program = emit(&plan.filter).unwrap();
    // Where the limit is k, nothing is made: no number is above the bound.
    let bound = if plan.numbers.limit.is_some() { u64::MAX } else { plan.numbers.bound.into() };
    let said = Said { declaration, bound };
    let mut allowed = 0;
    for &call in ALL_CALLS {
        let Some(nr) = call.number(arch) else { continue };
        for indices in arguments {
            let args = indices.map(|index| VALUES[index]);
            let data = Data { nr, arch: arch.audit(), instruction_pointer: 0, args };
            if run(&program, &data) == Ok(Action::Allow.code()) {
                allowed += 1;
                assert!(said.permits(call, &args), "{call} {args:x?} is allowed\n{}", plan.describe());
            }
        }
    }
    allowed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_is_let_through_that_no_right_permits(
        declaration in declaration(),
        arch in prop::sample::select(Arch::ALL.to_vec()),
        arguments in prop::collection::vec(prop::array::uniform6(0..VALUES.len()), 400),
    ) {
        let allowed = nothing_unsaid_is_allowed(&declaration, arch, &arguments);
        prop_assert!(allowed > 5_000, "{allowed}");
    }
}
