//! Nothing is shared: one thread, a descriptor table of its own.

use std::mem::offset_of;
use std::time::{Duration, Instant};

use super::{checked, sysctl, unverified};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// A thread that was joined leaves the kernel's count a little later.
const PATIENCE: Duration = Duration::from_millis(200);

/// Another thread could open descriptors between the moment when they are limited and capability mode.
pub(super) fn one_thread() -> Result<Mechanism, Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let threads = threads()?;
        if threads == 1 {
            return Ok(Mechanism::holds("one thread", true, "counted by the kernel"));
        }
        if Instant::now() >= deadline {
            return Err(Error::new(
                ErrorKind::Shared,
                format!("the process has {threads} threads, and only one can be confined"),
            )
            .help("enter before starting threads and allow them: `allow(threads)`; in tests, use `sandbox_rt::testing::confined`"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// `ki_numthreads` of `struct kinfo_proc` (sys/user.h).
fn threads() -> Result<i32, Error> {
    const OPERATION: &str = "sysctl(kern.proc.pid)";
    const SIZE: usize = size_of::<libc::kinfo_proc>();
    const THREADS: usize = offset_of!(libc::kinfo_proc, ki_numthreads);
    let pid = libc::pid_t::try_from(std::process::id()).map_err(|_| Error::system(OPERATION, libc::ESRCH))?;
    let mut process = [0; SIZE];
    let length = sysctl::read(&[libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_PID, pid], &mut process, OPERATION)?;
    let field = |at: usize| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&process[at..at + 4]);
        i32::from_ne_bytes(bytes)
    };
    // The record starts with its size, which never changes (sys/user.h).
    if length != SIZE || usize::try_from(field(0)) != Ok(SIZE) {
        return Err(unverified(format!("the kernel describes a process in {length} bytes, not in {SIZE}")));
    }
    Ok(field(THREADS))
}

/// A process that shares the descriptor table (rfork(2) without `RFFDG`) could place descriptors in it later.
pub(super) fn own_descriptor_table() -> Result<Mechanism, Error> {
    // SAFETY: without RFPROC no process is made; this one gets a copy of the table, and of its memory's map, if it
    // shares them, in which every number and address keeps its meaning (rfork(2)).
    checked(unsafe { libc::rfork(libc::RFFDG) }, "rfork(RFFDG)")?;
    Ok(Mechanism::holds("own descriptor table", true, "unshared"))
}
