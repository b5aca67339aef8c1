//! What every confined program may call: enough to compute, to allocate, to sleep and to end.
//!
//! Nothing here names a path, a peer, another process or an object of the kernel. Each entry has a named consumer.

use super::Call;
use super::rule::When::{self, Masked, OneOf, Only, Own, Within};

/// When an entry belongs to the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// Where threads are allowed.
    Threads,
}

/// One entry of the base set.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The call.
    pub call: Call,
    /// The conditions under which it is allowed.
    pub when: &'static [When],
    /// When it belongs to the policy.
    pub need: Need,
    /// Who calls it.
    pub reason: &'static str,
}

const fn always(call: Call, when: &'static [When], reason: &'static str) -> Entry {
    Entry { call, when, need: Need::Always, reason }
}

const fn threads(call: Call, when: &'static [When], reason: &'static str) -> Entry {
    Entry { call, when, need: Need::Threads, reason }
}

/// `PROT_EXEC`.
const EXEC: u32 = 4;
/// `PROT_EXEC`, `PROT_GROWSDOWN`, `PROT_GROWSUP`.
const EXEC_OR_GROW: u32 = 0x0300_0004;
/// `MAP_ANONYMOUS` (the same on x86, Arm and RISC-V).
const ANONYMOUS: u32 = 0x20;
/// Every clock of the system; numbers above and below name other processes' clocks and descriptors.
const CLOCKS: &[(u32, u32)] = &[(0, 11)];
/// What every thread shares with its process: `CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM`.
const THREAD: u32 = 0x5_0f00;
/// What a thread may ask for besides: `CLONE_SETTLS | PARENT_SETTID | CHILD_CLEARTID | DETACHED`.
const THREAD_MAY: u32 = 0x78_0000;
/// Advice about one's own memory; not `MADV_HWPOISON` (100) and `MADV_SOFT_OFFLINE` (101), which break pages.
const ADVICE: &[(u32, u32)] = &[(0, 25), (102, 103)];
/// Every signal but SIGSYS (31), whose action answers trapped calls.
const SIGNALS: &[(u32, u32)] = &[(1, 30), (32, 64)];
const F_GETFD: &[u32] = &[1];
const PR_SET_NAME: u32 = 15;
const PR_SET_VMA: u32 = 0x5356_4d41;

/// The base set.
pub const BASE: &[Entry] = &[
    // Memory.
    always(Call::brk, &[], "allocators; without it glibc crashes"),
    always(Call::mmap, &[Only(2, !EXEC), Masked(3, ANONYMOUS, ANONYMOUS)], "allocators and thread stacks"),
    always(Call::mprotect, &[Only(2, !EXEC_OR_GROW)], "allocators, guard pages"),
    always(Call::munmap, &[], "allocators"),
    always(Call::mremap, &[], "realloc of large blocks"),
    always(Call::madvise, &[Within(2, ADVICE)], "allocators, thread stacks that end"),
    always(Call::prctl, &[OneOf(0, &[PR_SET_VMA]), Only(1, 0)], "mimalloc and newer libcs name their mappings"),
    // Signals of one's own.
    always(Call::rt_sigaction, &[Within(0, SIGNALS)], "handlers; abort"),
    always(Call::rt_sigprocmask, &[], "thread start and end, abort"),
    always(Call::rt_sigreturn, &[], "the end of every handler"),
    always(Call::sigaltstack, &[], "std's stack-overflow handler, at the end of main and of threads"),
    always(Call::tgkill, &[Own(0)], "abort and raise (glibc)"),
    always(Call::tkill, &[Own(0)], "abort and raise of the main thread (musl)"),
    always(Call::getpid, &[], "abort"),
    always(Call::gettid, &[], "panics print it; abort"),
    // Time.
    always(Call::clock_gettime, &[Within(0, CLOCKS)], "Instant and SystemTime where the vDSO cannot answer"),
    always(Call::gettimeofday, &[], "the same, by gettimeofday(3) of C libraries"),
    always(Call::time, &[], "the same, by time(3) of C libraries"),
    always(Call::clock_nanosleep, &[OneOf(0, &[0, 1, 7, 11])], "thread::sleep"),
    always(Call::nanosleep, &[], "sleep and usleep of musl, every sleep of glibc before 2.31"),
    always(Call::restart_syscall, &[], "sleeps that a signal interrupted"),
    always(Call::getcpu, &[], "sched_getcpu where neither rseq nor the vDSO answers (allocators)"),
    // Threads that wait for each other; also locks in programs with one thread.
    always(Call::futex, &[], "Mutex, Condvar, park, join; without it std aborts"),
    always(Call::sched_yield, &[], "spinning locks of std and allocators"),
    always(Call::sched_getaffinity, &[Only(0, 0)], "available_parallelism, allocators"),
    // Randomness.
    always(Call::getrandom, &[], "HashMap; without it std panics"),
    // What std asks of any descriptor.
    always(Call::fcntl, &[OneOf(1, F_GETFD)], "debug builds of std, before every close"),
    // The end.
    always(Call::exit_group, &[], "the end of the process"),
    // RISC-V's own.
    always(Call::riscv_hwprobe, &[], "is_riscv_feature_detected, where the vDSO cannot answer"),
    // Threads.
    threads(Call::clone, &[Masked(0, THREAD, THREAD), Only(0, THREAD | THREAD_MAY)], "thread::spawn"),
    threads(Call::exit, &[], "the end of a thread"),
    threads(Call::set_robust_list, &[], "the start of a thread (glibc)"),
    threads(Call::rseq, &[], "the start of a thread (glibc 2.35 and later)"),
    threads(Call::prctl, &[OneOf(0, &[PR_SET_NAME])], "named threads"),
];

/// Refused calls that std and libc try and survive: they keep their errno even where a violation ends the process.
pub const SURVIVED: &[(Call, &str)] = &[
    (Call::statx, "libc falls back to newfstatat"),
    (Call::newfstatat, "size hints of read_to_end and io::copy"),
    (Call::fstat, "the same, with musl"),
    (Call::lseek, "size hints of read_to_end"),
    (Call::copy_file_range, "io::copy falls back to read and write"),
    (Call::sendfile, "io::copy falls back to read and write"),
    (Call::splice, "io::copy falls back to read and write"),
    (Call::fcntl, "probes of descriptors"),
    (Call::ioctl, "probes for a terminal"),
    (Call::clone3, "libc falls back to clone, whose flags the filter sees"),
    (Call::openat2, "libc falls back to openat"),
    (Call::sched_getaffinity, "glibc asks for other threads' too"),
    (Call::set_robust_list, "glibc, at the start of a thread"),
    (Call::madvise, "advice may be refused"),
    (Call::prctl, "naming threads and mappings"),
    (Call::getcwd, "backtraces"),
    (Call::readlink, "backtraces, the Debug form of File"),
    (Call::sysinfo, "glibc sizes the buffers of qsort"),
    (Call::access, "mimalloc counts NUMA nodes in /sys when the first thread starts"),
    (Call::faccessat, "the same, on newer architectures"),
];
