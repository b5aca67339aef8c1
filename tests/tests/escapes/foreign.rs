//! Other tables of calls, by which a filter that looks at numbers alone is passed.

use std::os::fd::AsRawFd as _;

use sandbox_tests::args;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, call, forked};

use crate::attempt::Attempt;
use crate::sys;
use crate::world::{Under, World};

pub(crate) fn attempts() -> Vec<Attempt> {
    const GETPID: u32 = 20;
    const OPEN: u32 = 5;
    const WRITE: u32 = 4;
    vec![
        // Allowed by the 64-bit table, and ended all the same.
        Attempt::new("the process's number by the i386 table", |_| sys::i386(GETPID, [0; 3])).ends(),
        Attempt::new("open by the i386 table", |_| {
            let path = sys::low_memory(b"/etc/passwd\0");
            sys::i386(OPEN, [path, 0, 0])
        })
        .ends(),
        Attempt::new("write by the i386 table", |w| {
            let text = sys::low_memory(b"mine");
            let number = w.out.as_raw_fd().unsigned_abs();
            sys::i386(WRITE, [number, text, 4])
        })
        .ends(),
    ]
}

/// The x32 table. Kernels without it answer ENOSYS, so that no attempt by it can be shown to succeed: what is shown is
/// that the filter ends the process before the kernel is asked.
pub(crate) fn x32() -> Vec<Case> {
    const X32: i64 = 0x4000_0000;
    [("getpid", X32 + 39), ("readv", X32 + 515), ("nothing", X32 + 4095), ("minus_one", -1)]
        .map(|(name, number)| {
            Case::new(format!("foreign::x32_{name}"), move || {
                for under in [Under::Sealed, Under::Report, Under::Kill] {
                    let confined = forked(|| {
                        World::new().enter(under);
                        let answer = call(number, args![0, 0, 0]);
                        panic!("it was answered with {answer:?}");
                    });
                    assert_eq!(confined.end, End::Signalled(libc::SIGSYS), "{under:?}: {}", confined.stderr);
                }
            })
        })
        .into()
}
