//! Without procfs on `/proc` entry cannot see what the process shares, and fails.

use std::fs;

use sandbox_rt::{ErrorKind, Sandbox};
use sandbox_tests::args;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{as_ordinary_user, call, is_root};

use crate::probe::{Probe, assert_failed};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("procfs::missing", || missing(|| {})),
        Case::new("procfs::missing::ordinary", || {
            as_ordinary_user();
            missing(|| {});
        }),
        Case::new("procfs::imitated", || missing(imitate)),
    ]
}

/// Covers `/proc` with an empty file system, in a mount namespace of its own.
fn cover() {
    if is_root() {
        call(libc::SYS_unshare, args![libc::CLONE_NEWNS]).expect("a mount namespace");
    } else {
        // A process that has changed its user is not dumpable, and its files in procfs are root's.
        call(libc::SYS_prctl, args![libc::PR_SET_DUMPABLE, 1, 0, 0, 0]).expect("be dumpable");
        let (user, group) = (call(libc::SYS_getuid, args![]), call(libc::SYS_getgid, args![]));
        let namespaces = libc::CLONE_NEWNS | libc::CLONE_NEWUSER;
        call(libc::SYS_unshare, args![namespaces]).expect("this case needs a kernel that permits user namespaces");
        // Everybody is who they were.
        let map = |number: Result<i64, _>| number.map(|number| format!("{number} {number} 1")).expect("a number");
        fs::write("/proc/self/setgroups", "deny").expect("the new namespace's groups");
        fs::write("/proc/self/uid_map", map(user)).expect("the new namespace's users");
        fs::write("/proc/self/gid_map", map(group)).expect("the new namespace's groups");
    }
    let private = libc::MS_REC | libc::MS_PRIVATE;
    call(libc::SYS_mount, args![c"none", c"/", 0, private, 0]).expect("mounts of its own");
    call(libc::SYS_mount, args![c"none", c"/proc", c"tmpfs", 0, 0]).expect("cover /proc");
}

/// Files like those that entry reads.
fn imitate() {
    for folder in ["/proc/self/task/1", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"] {
        fs::create_dir_all(folder).expect("a folder");
    }
    fs::write("/proc/self/maps", "00400000-00401000 r-xp 00000000 00:00 0\n").expect("a file");
}

fn missing(then: impl FnOnce()) {
    let probe = Probe::new();
    cover();
    then();
    let error = Sandbox::new("entry").enter().expect_err("there is no procfs");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Unsupported, false), "{error}");
    assert!(error.help_line().is_some_and(|help| help.contains("procfs mounted on /proc")), "{error}");
    probe.assert_free();
    if is_root() {
        call(libc::SYS_umount2, args![c"/proc", libc::MNT_DETACH]).expect("uncover /proc");
        Sandbox::new("entry").enter().expect("entry, with procfs");
        probe.assert_refused();
    }
}
