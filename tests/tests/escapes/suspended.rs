//! A privileged tracer suspends the filter (`PTRACE_O_SUSPEND_SECCOMP`; CVE-2022-30594 let others). What a filter alone
//! forbids is open then; what the rest of the sandbox forbids is not.

use std::fs::File;
use std::io::Write as _;
use std::mem::ManuallyDrop;

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use sandbox_policy::linux::{CANARY, CANARY_ERRNO};
use sandbox_tests::harness::Case;
use sandbox_tests::suspended::GROUPS;
use sandbox_tests::sys::{End, Errno, as_ordinary_user, call, forked_beside};
use sandbox_tests::{args, scratch};

use crate::attempt::Attempt;
use crate::world::{Under, World};

const PTRACE_O_SUSPEND_SECCOMP: u32 = 1 << 21;
/// The exit status of a child whose attempt succeeded; a refused one gives its errno.
const THROUGH: i32 = 200;
/// The exit status of a child that panicked; ENETUNREACH, which no refusal gives.
const PANICKED: i32 = 101;

/// The attempts of a group, while the filter is suspended.
pub(crate) fn cases(group: &'static str, attempts: Vec<Attempt>) -> impl Iterator<Item = Case> {
    attempts.into_iter().filter(|attempt| !is_left_out(attempt)).flat_map(move |attempt| {
        [Under::Sealed, Under::Accept].map(|under| {
            let attempt = attempt.clone();
            let name = format!("suspended::{under:?}::{group}::{}", attempt.id()).to_lowercase();
            Case::new(name, move || compare(group, &attempt, under))
        })
    })
}

/// A process has one tracer; and of a named message queue it is the removal that is refused, so that it would stay.
fn is_left_out(attempt: &Attempt) -> bool {
    ["be traced", "a named message queue"].contains(&attempt.name())
}

/// What the suspension is worth: a filter by itself no longer refuses anything.
pub(crate) fn a_filter_alone() -> Case {
    Case::new("suspended::a_filter_alone", || {
        let open = || call(libc::SYS_openat, args![libc::AT_FDCWD, c"/etc/passwd", libc::O_RDONLY]);
        let ended = while_suspended(move || {
            let out = File::create(scratch::path("out")).expect("a file");
            refuse_openat();
            assert_eq!(open(), Err(Errno::EPERM), "the filter is in force");
            say_ready(&out);
            while open().is_err() {}
        });
        assert_eq!(ended, End::Exited(0), "it opens files");
    })
}

fn compare(group: &str, attempt: &Attempt, under: Under) {
    let ended = while_suspended(|| {
        as_ordinary_user();
        let world = ManuallyDrop::new(World::new());
        world.enter(under);
        say_ready(&world.out);
        let canary = || call(libc::SYS_getppid, args![CANARY]);
        while canary() == Err(Errno(CANARY_ERRNO.into())) {}
        let status = match attempt.act(&world) {
            Ok(_) => THROUGH,
            Err(errno) => errno.0,
        };
        // Nothing that the attempt left behind runs.
        let _ = call(libc::SYS_exit_group, args![status]);
    });
    let listed = GROUPS.iter().find(|listed| listed.name == group).expect("the group");
    let among = |list: &[&str]| list.contains(&attempt.name());
    let lists = [among(listed.refused), among(listed.refused_unless_minting), among(listed.open)];
    let open = match lists {
        [true, false, false] => false,
        [false, true, false] => under == Under::Accept,
        [false, false, true] => true,
        _ => panic!("it must stand in one of the lists"),
    };
    assert_eq!(ended == End::Exited(THROUGH), open, "it ended with {ended:?}");
    assert!(matches!(ended, End::Exited(status) if status != PANICKED), "it ended with {ended:?}");
}

/// What the child writes when it is confined.
const READY: &[u8] = b"ready";

fn say_ready(mut out: &File) {
    out.write_all(READY).expect("write to the file `out`");
}

/// Runs `body` in a child whose filter is suspended as soon as it has said that it is ready.
fn while_suspended(body: impl FnOnce()) -> End {
    let child = forked_beside(body, |pid| {
        while !std::fs::read(scratch::path("out")).is_ok_and(|text| text.starts_with(READY)) {
            assert!(!ended(pid), "the child has ended before it was ready");
            std::thread::yield_now();
        }
        call(libc::SYS_ptrace, args![libc::PTRACE_SEIZE, pid, 0, PTRACE_O_SUSPEND_SECCOMP]).expect("PTRACE_SEIZE");
        follow(pid);
    });
    eprint!("{}", child.stderr);
    child.end
}

fn ended(pid: i32) -> bool {
    let child = WaitId::Pid(Pid::from_raw(pid).expect("a process"));
    waitid(child, WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT).expect("waitid").is_some()
}

/// Lets a traced child go on whenever it stops, until its end, which is left for its parent to see.
fn follow(pid: i32) {
    let child = WaitId::Pid(Pid::from_raw(pid).expect("a process"));
    loop {
        let seen = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        let status = waitid(child.clone(), seen).expect("waitid").expect("a change");
        if status.exited() || status.killed() || status.dumped() {
            return;
        }
        let signal =
            waitid(child.clone(), WaitIdOptions::STOPPED).expect("waitid").and_then(|stop| stop.trapping_signal());
        call(libc::SYS_ptrace, args![libc::PTRACE_CONT, pid, 0, signal.unwrap_or(0)]).expect("PTRACE_CONT");
    }
}

/// Loads a filter that refuses openat(2), by hand.
fn refuse_openat() {
    const LOAD: u64 = 0x20;
    const RETURN: u64 = 0x06;
    // Instructions as the kernel lays them out: code, two distances, a constant.
    let program: [u64; 4] = [
        LOAD,
        0x15 | 1 << 24 | (libc::SYS_openat.unsigned_abs() << 32),
        RETURN | (0x0005_0000 | 1) << 32,
        RETURN | 0x7fff_0000 << 32,
    ];
    let header = [program.len(), program.as_ptr().expose_provenance()];
    call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]).expect("no_new_privs");
    call(libc::SYS_seccomp, args![libc::SECCOMP_SET_MODE_FILTER, 0, &header]).expect("seccomp");
}
