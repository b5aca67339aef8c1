//! Entry inside other sandboxes: the seccomp profile of a container, Landlock domains.

use std::fs::File;

use sandbox_rt::{Dir, Error, ErrorKind, Rights, Sandbox, State};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, as_ordinary_user, call, forked, is_root};
use sandbox_tests::{args, scratch};

use crate::outer::{self, Answered};
use crate::probe::{Probe, assert_failed, assert_no_second};

/// What becomes of an entry whose outer sandbox refuses a call.
#[derive(Clone, Copy)]
enum Then {
    /// It succeeds, with this mechanism missing.
    Missing(&'static str),
    /// It succeeds in another way.
    Entered,
    /// It fails.
    Fails(ErrorKind, Left),
}

/// How a failed entry leaves the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    AsItWas,
    Partial,
}

use Then::{Entered, Fails, Missing};

/// Calls that profiles of containers refuse, or old kernels lack.
const REFUSED: &[(&str, libc::c_long, Then)] = &[
    ("unshare", libc::SYS_unshare, Entered),
    ("close_range", libc::SYS_close_range, Entered),
    ("capset", libc::SYS_capset, Missing("capabilities")),
    ("capget", libc::SYS_capget, Missing("capabilities")),
    ("personality", libc::SYS_personality, Missing("no new executable memory")),
    ("memfd_create", libc::SYS_memfd_create, Fails(ErrorKind::Unsupported, Left::AsItWas)),
    ("landlock_create_ruleset", libc::SYS_landlock_create_ruleset, Missing("Landlock")),
    ("landlock_restrict_self", libc::SYS_landlock_restrict_self, Fails(ErrorKind::System, Left::Partial)),
    ("seccomp", libc::SYS_seccomp, Fails(ErrorKind::System, Left::Partial)),
    ("getrandom", libc::SYS_getrandom, Entered),
    ("clock_nanosleep", libc::SYS_clock_nanosleep, Entered),
    ("prctl", libc::SYS_prctl, Fails(ErrorKind::System, Left::AsItWas)),
    ("statx", libc::SYS_statx, Entered),
    ("dup3", libc::SYS_dup3, Fails(ErrorKind::System, Left::Partial)),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("nested::many", many),
        Case::new("nested::landlock::fifteen", || landlock_layers(15)),
        Case::new("nested::landlock::sixteen", || landlock_layers(16)),
        Case::new("nested::directory::without_landlock", directory_without_landlock),
        Case::new("nested::canary", canary),
    ];
    for &(name, call, then) in REFUSED {
        for (word, errno) in [("eperm", libc::EPERM), ("enosys", libc::ENOSYS)] {
            cases.push(Case::new(format!("nested::{name}::{word}"), move || refused(call, errno, then)));
            cases.push(Case::new(format!("nested::{name}::{word}::ordinary"), move || {
                as_ordinary_user();
                refused(call, errno, then);
            }));
        }
    }
    cases
}

/// The profile holds for the whole life of the process, so that every attempt meets it.
fn refused(number: libc::c_long, errno: i32, then: Then) {
    let probe = Probe::new();
    let root = is_root();
    outer::answer(&[Answered::with(errno, number)]);
    outer::assert_answers(number, Errno(errno));
    let entered = Sandbox::new("entry").enter();
    match then {
        Entered => assert_entered(entered, &probe, None),
        // An ordinary user has no capabilities that could be left.
        Missing("capabilities") if !root && number == libc::SYS_capset => assert_entered(entered, &probe, None),
        Missing(name) => assert_entered(entered, &probe, Some(name)),
        Fails(kind, left) => {
            let error = entered.expect_err("the outer sandbox refuses what entry needs");
            assert_failed(&error);
            assert_eq!((error.kind(), error.raw_os_error()), (kind, Some(errno)), "{error}");
            assert_eq!(error.is_partial(), left == Left::Partial, "{error}");
            let second = Sandbox::new("entry").enter().expect_err("the outer sandbox still refuses it");
            match left {
                Left::Partial => assert_no_second(&second),
                Left::AsItWas => {
                    assert_eq!(second.kind(), kind);
                    probe.assert_free();
                }
            }
        }
    }
}

#[track_caller]
fn assert_entered(entered: Result<(), Error>, probe: &Probe, missing: Option<&str>) {
    entered.expect("entry");
    probe.assert_refused();
    let status = sandbox_rt::status().expect("a status");
    let found: Vec<_> = status
        .mechanisms()
        .iter()
        .filter(|mechanism| matches!(mechanism.state, State::Missing(_)))
        .map(|mechanism| mechanism.name)
        .collect();
    assert_eq!(found, missing.into_iter().collect::<Vec<_>>(), "{status}");
}

/// The default profile of a container refuses many things at once.
fn many() {
    let probe = Probe::new();
    let refused = [
        libc::SYS_unshare,
        libc::SYS_capset,
        libc::SYS_personality,
        libc::SYS_io_uring_setup,
        libc::SYS_landlock_create_ruleset,
        libc::SYS_clone3,
        libc::SYS_open_tree,
    ];
    outer::answer(&refused.map(|call| Answered::with(libc::EPERM, call)));
    Sandbox::new("entry").enter().expect("entry");
    probe.assert_refused();
}

/// A directory is refused where Landlock is not there to confine it.
fn directory_without_landlock() {
    let probe = Probe::new();
    outer::answer(&[Answered::with(libc::EOPNOTSUPP, libc::SYS_landlock_create_ruleset)]);
    let dir = Dir::open_path(scratch::folder()).expect("a directory");
    let error =
        Sandbox::new("entry").grant("conf", &dir, Rights::LOOKUP | Rights::READ).enter().expect_err("a directory");
    assert_failed(&error);
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Unenforceable, Some("conf")), "{error}");
    assert!(!error.is_partial() && error.help_line().is_some());
    probe.assert_free();
}

/// An outer filter that pretends to load ours is seen by the canary.
fn canary() {
    let probe = Probe::new();
    // SECCOMP_SET_MODE_FILTER
    outer::answer(&[Answered::with(0, libc::SYS_seccomp).when(0, 1)]);
    let error = Sandbox::new("entry").enter().expect_err("no filter");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unverified, true), "{error}");
    assert!(error.in_force().contains(&"no_new_privs") && !error.in_force().contains(&"seccomp"), "{error}");
    assert_no_second(&Sandbox::new("entry").enter().expect_err("a second entry"));
    // Landlock is on, and without the filter the rest is free.
    File::open("/etc/passwd").expect_err("Landlock");
    drop(probe);
}

/// A domain that only refuses to make devices, of which the kernel takes sixteen.
fn restrict() -> Result<(), Errno> {
    const MAKE_CHAR: u64 = 1 << 6;
    let attributes = [MAKE_CHAR];
    let ruleset = crate::sys::owned(call(libc::SYS_landlock_create_ruleset, args![&attributes, 8, 0])?);
    call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0])?;
    let number = std::os::fd::AsRawFd::as_raw_fd(&ruleset);
    call(libc::SYS_landlock_restrict_self, args![number, 0]).map(|_| ())
}

fn landlock_layers(layers: usize) {
    let child = forked(|| {
        let probe = Probe::new();
        for layer in 0..layers {
            restrict().unwrap_or_else(|error| panic!("layer {layer}: {error}"));
        }
        probe.assert_free();
        let entered = Sandbox::new("entry").enter();
        if layers < 16 {
            entered.expect("entry");
            probe.assert_refused();
            return;
        }
        let error = entered.expect_err("no seventeenth domain");
        assert!(error.is_partial() && error.in_force() == ["no_new_privs"], "{error}");
        assert_eq!((error.kind(), error.raw_os_error()), (ErrorKind::System, Some(libc::E2BIG)), "{error}");
        assert!(error.help_line().is_some_and(|help| help.contains("sixteen")), "{error}");
        assert_no_second(&Sandbox::new("entry").enter().expect_err("a second entry"));
    });
    assert_eq!(child.end, End::Exited(0), "{child:?}");
}
