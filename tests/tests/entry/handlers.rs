//! Handlers of signals, which may run between any two steps of entry.

use std::fs::File;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use sandbox_rt::{OnViolation, Rights, Sandbox};
use sandbox_tests::args;
use sandbox_tests::check::expect_ok;
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{End, Errno, call, forked};

use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("handlers::open_files", open_files), Case::new("handlers::masks", masks)]
}

/// What the handler opened.
static OPENED: [AtomicI64; 4096] = [const { AtomicI64::new(-1) }; 4096];
static TICKS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn open(_: libc::c_int) {
    let tick = TICKS.fetch_add(1, Ordering::Relaxed);
    let opened = call(libc::SYS_openat, args![libc::AT_FDCWD, c"/etc/passwd", libc::O_RDONLY, 0]);
    OPENED[tick % OPENED.len()].store(opened.unwrap_or(-1), Ordering::Relaxed);
}

/// The descriptors from which something can be read.
fn readable() -> usize {
    let opened = OPENED.iter().map(|number| number.load(Ordering::Relaxed)).filter(|&number| number >= 0);
    opened.filter(|&number| call(libc::SYS_pread64, args![number, &mut [0_u8; 4], 4, 0]).is_ok()).count()
}

/// What a handler opens is undeclared, whenever it does: here above the bound, where what is minted has rights.
fn open_files() {
    open(libc::SIGALRM);
    assert_eq!(readable(), 1, "without the sandbox it can be read");
    let child = forked(|| {
        let folder = File::open(scratch::folder()).expect("the folder");
        sys::at_each_tick(open);
        Sandbox::new("entry")
            .grant("folder", &folder, Rights::LOOKUP | Rights::PREAD)
            .on_violation(OnViolation::Error)
            .enter()
            .expect("entry");
        assert!(TICKS.load(Ordering::Relaxed) > 1, "the handler has run");
        assert_eq!(readable(), 0, "descriptors that a handler opened can be read");
        std::mem::forget(folder);
    });
    assert_eq!(child.end, End::Exited(0), "{child:?}");
}

/// The signals that are blocked.
pub(crate) fn mask() -> [u64; 1] {
    let mut mask = [0_u64];
    expect_ok("ask", call(libc::SYS_rt_sigprocmask, args![libc::SIG_BLOCK, 0, &mut mask, 8]));
    mask
}

/// The signals that the program blocks are the same afterwards, whether entry fails or not.
fn masks() {
    let some = [1_u64 << (libc::SIGUSR1 - 1) | 1 << (libc::SIGTERM - 1)];
    call(libc::SYS_rt_sigprocmask, args![libc::SIG_BLOCK, &some, 0, 8]).expect("block");
    let before = mask();
    assert_eq!(before[0] & some[0], some[0]);
    let closed = File::open("/etc/passwd").expect("a file");
    let directory = Rights::LOOKUP;
    Sandbox::new("entry").grant("file", &closed, directory).enter().expect_err("a file is no directory");
    assert_eq!(mask(), before);
    Sandbox::new("entry").enter().expect("entry");
    assert_eq!(mask(), before);
    assert_eq!(call(libc::SYS_openat, args![libc::AT_FDCWD, c"/etc/passwd", 0, 0]), Err(Errno::EPERM));
}
