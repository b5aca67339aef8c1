//! The steps that entry can do without: what is then missing, and why that leaves the process confined.

use sandbox_tests::sys::is_root;

use crate::supervised::Step;

/// `LANDLOCK_CREATE_RULESET_VERSION`.
const VERSION: u64 = 1;
const PR_SET_MDWE: libc::c_int = 65;
const PR_GET_MDWE: libc::c_int = 66;
const F_GETFD: u64 = 1;
const F_GETFL: u64 = 3;

#[cfg(target_arch = "x86_64")]
const OPENS: &[libc::c_long] = &[libc::SYS_open, libc::SYS_openat];
#[cfg(not(target_arch = "x86_64"))]
const OPENS: &[libc::c_long] = &[libc::SYS_openat];

const NOTHING: Option<&[&str]> = Some(&[]);

/// What the status shows as missing if entry succeeds although the step was answered so; none if it must fail.
#[allow(clippy::match_same_arms, reason = "each has its own reason")]
pub(crate) fn missing(steps: &[Step], at: usize, errno: i32) -> Option<&'static [&'static str]> {
    let Step { number, arguments } = steps[at];
    let pretended = errno == 0;
    match number {
        _ if is_loaded_early(steps, at) || is_question(steps, at) => NOTHING,
        // Whether there is one task is counted as well; EINVAL is the kernel's word for several, and asked again.
        // Once the process is being confined, nothing can be counted, and it is the last word.
        libc::SYS_unshare if arguments[0] == flag(libc::CLONE_VM) => {
            let last = steps[..at].iter().any(|step| step.is_prctl(libc::PR_SET_NO_NEW_PRIVS));
            if last && errno == libc::EINVAL { None } else { NOTHING }
        }
        // A flag that there is not: whoever answers 0 pretends, and the other ways are enough.
        libc::SYS_unshare if arguments[0] == 1 => NOTHING,
        // One of them is enough for a table of one's own.
        libc::SYS_unshare if arguments[0] == flag(libc::CLONE_FILES) => NOTHING,
        libc::SYS_close_range => NOTHING,
        // std closes what it has read, and asks before it closes in debug builds.
        libc::SYS_close => NOTHING,
        libc::SYS_fcntl if arguments[1] == F_GETFD => NOTHING,
        // Nothing to be seen in an answer of 0: no flags, the end of a list or a file.
        libc::SYS_fcntl if arguments[1] == F_GETFL && pretended => NOTHING,
        libc::SYS_getdents64 | libc::SYS_read if pretended => NOTHING,
        // Asked again.
        libc::SYS_getdents64 | libc::SYS_read if errno == libc::EINTR => NOTHING,
        _ if OPENS.contains(&number) && errno == libc::EINTR => NOTHING,
        // The end of a list, whose beginning was read.
        libc::SYS_getdents64 if errno == libc::ENOENT && steps[at - 1].number == libc::SYS_getdents64 => NOTHING,
        // No thread that enters under these tests has used io_uring; an outer sandbox that refuses to tell is what forbids it.
        libc::SYS_io_uring_enter if matches!(errno, libc::EINVAL | libc::ENOSYS | libc::EPERM | libc::EACCES) => {
            NOTHING
        }
        // How much memory to reserve for a file.
        libc::SYS_statx | libc::SYS_lseek => NOTHING,
        // Older kernels do not know all of the flags.
        libc::SYS_memfd_create if errno == libc::EINVAL => NOTHING,
        libc::SYS_landlock_create_ruleset if arguments[2] == VERSION => Some(&["Landlock"]),
        // Less is granted than was declared.
        libc::SYS_landlock_add_rule if pretended => NOTHING,
        // The filter compares with a process number that nobody has.
        libc::SYS_getpid => NOTHING,
        // Landlock's own answer.
        _ if OPENS.contains(&number) && errno == libc::EACCES && is_refused_open(steps, at) => NOTHING,
        // The end of entry: signals arrive again, or do not.
        libc::SYS_rt_sigprocmask if steps[..at].iter().any(|step| step.number == libc::SYS_seccomp) => NOTHING,
        // It was not blocked.
        libc::SYS_rt_sigprocmask if pretended => NOTHING,
        libc::SYS_capset if !is_root() => NOTHING,
        libc::SYS_capset | libc::SYS_capget if !pretended => Some(&["capabilities"]),
        libc::SYS_personality if pretended => NOTHING,
        libc::SYS_personality => Some(&["no new executable memory"]),
        libc::SYS_prctl if steps[at].is_prctl(PR_SET_MDWE) || steps[at].is_prctl(PR_GET_MDWE) => {
            Some(&["no new executable memory"])
        }
        libc::SYS_prctl if steps[at].is_prctl(libc::PR_GET_DUMPABLE) && pretended => NOTHING,
        // The outer filter of an ordinary user has set it, and changing the user has cleared the other.
        libc::SYS_prctl if steps[at].is_prctl(libc::PR_SET_NO_NEW_PRIVS) && pretended && !is_root() => NOTHING,
        libc::SYS_prctl if steps[at].is_prctl(libc::PR_SET_DUMPABLE) && pretended && !is_root() => NOTHING,
        _ => None,
    }
}

fn flag(flag: libc::c_int) -> u64 {
    flag.unsigned_abs().into()
}

/// What libc and rustix would read later is read between the first look at the tasks and the unsharing of the table.
fn is_loaded_early(steps: &[Step], at: usize) -> bool {
    let unshared = |step: &Step| step.number == libc::SYS_unshare;
    let table = steps
        .iter()
        .position(|step| unshared(step) && step.arguments[0] == flag(libc::CLONE_FILES))
        .expect("the table is unshared");
    let looked = steps[..table].iter().rposition(unshared).expect("whether there is one task is asked");
    (looked + 1..table).contains(&at)
}

/// The question whether a mapping is shared, and what is opened and looked at for it. Without an answer all are read.
fn is_question(steps: &[Step], at: usize) -> bool {
    let number = steps[at].number;
    let prepares = OPENS.contains(&number) || number == libc::SYS_fstatfs;
    steps[at].asks_about_mappings() || (prepares && steps[at + 1..].iter().take(2).any(Step::asks_about_mappings))
}

/// After Landlock is on, `/` is opened, which must be refused.
fn is_refused_open(steps: &[Step], at: usize) -> bool {
    steps[..at].iter().any(|step| step.number == libc::SYS_landlock_restrict_self)
}
