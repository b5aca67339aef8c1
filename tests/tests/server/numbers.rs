//! Which numbers minted descriptors get.

use std::os::fd::{AsFd, AsRawFd as _};
use std::sync::atomic::{AtomicI32, Ordering};

use sandbox_rt::State;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

/// The lowest number that a minted descriptor may get.
pub(crate) fn bound() -> i32 {
    let status = sandbox_rt::status().expect("a status");
    let numbers = status.mechanisms().iter().find(|mechanism| mechanism.name == "descriptor numbers").expect("numbers");
    let State::Holds(extent) = &numbers.state else { panic!("{numbers:?}") };
    let bound = extent.strip_prefix("numbers below ").and_then(|rest| rest.split(' ').next());
    bound.and_then(|bound| bound.parse().ok()).unwrap_or_else(|| panic!("no bound in `{extent}`"))
}

/// The numbers of minted descriptors, as they are seen.
pub(crate) struct Numbers {
    bound: i32,
    /// The lowest numbers from the bound on that were free at first: what was inherited and not declared keeps its own.
    free: Vec<i32>,
    highest: AtomicI32,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        let bound = bound();
        let is_free = |number: &i32| call(libc::SYS_fcntl, args![*number, libc::F_GETFD]) == Err(Errno(libc::EBADF));
        Self { bound, free: (bound..).filter(is_free).take(64).collect(), highest: AtomicI32::new(-1) }
    }

    pub(crate) fn see(&self, minted: &impl AsFd) {
        let number = minted.as_fd().as_raw_fd();
        assert!(number >= self.bound, "number {number} was minted below {}", self.bound);
        self.highest.fetch_max(number, Ordering::Relaxed);
    }

    /// The kernel gives the lowest free number: with so many open at once, no higher one is ever given.
    pub(crate) fn assert_constant(&self, at_once: usize) {
        let highest = self.highest.load(Ordering::Relaxed);
        assert!(highest >= self.bound, "nothing was minted");
        assert!(highest <= self.free[at_once - 1], "descriptors are leaked: {highest}, of the free {:?}", self.free);
    }
}
