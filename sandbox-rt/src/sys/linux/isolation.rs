//! Nothing is shared: one task, a descriptor table of its own.

use std::time::{Duration, Instant};

use super::{checked, errno, procfs};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// A thread that was joined leaves the kernel's list some milliseconds later.
const PATIENCE: Duration = Duration::from_millis(200);

/// Landlock and capabilities are per thread, so there must be one.
///
/// `unshare(CLONE_VM)` succeeds only in a process with one task whose memory nobody shares (`unshare(2)`); where an
/// outer sandbox refuses it, `/proc/self/task` is counted.
pub(super) fn one_task() -> Result<Mechanism, Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // SAFETY: with one task, CLONE_VM has nothing to do; with several the kernel refuses it.
        if unsafe { libc::unshare(libc::CLONE_VM) } == 0 {
            // An outer filter can answer 0 without doing anything: count as well.
            if count_tasks()? == 1 {
                return Ok(Mechanism::holds("one task", true, "checked by unshare and /proc/self/task"));
            }
        } else if errno() != libc::EINVAL && count_tasks()? == 1 {
            return Ok(Mechanism::holds("one task", true, "checked by /proc/self/task"));
        }
        if Instant::now() >= deadline {
            return Err(shared(count_tasks()?));
        }
        // Not `thread::sleep`, which panics where an outer sandbox refuses to sleep.
        let pause = rustix::thread::Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
        let _ = rustix::thread::nanosleep(&pause);
    }
}

fn shared(tasks: usize) -> Error {
    if tasks > 1 {
        return Error::new(
            ErrorKind::Shared,
            format!("the process has {tasks} tasks (threads, io_uring pollers), and only one can be confined"),
        )
        .help("enter before starting threads and allow them: `allow(threads)`; in tests, use `sandbox_rt::testing::confined`");
    }
    Error::new(ErrorKind::Shared, "another process shares this process's memory (vfork, clone with CLONE_VM)")
        .help("enter after it has ended")
}

fn count_tasks() -> Result<usize, Error> {
    procfs::Listing::open("/proc/self/task")?.numbers().map(|tasks| tasks.len())
}

/// A process that shares the descriptor table could place descriptors under granted numbers later.
pub(super) fn own_descriptor_table() -> Result<Mechanism, Error> {
    // SAFETY: CLONE_FILES gives this task a copy of its own table; every number keeps its meaning.
    let unshared = unsafe { libc::unshare(libc::CLONE_FILES) };
    // Both, because nothing tells whether it worked: some container profiles refuse the first, and an outer filter can
    // answer 0. Linux before 5.9 does not know the second.
    let none = libc::c_uint::MAX;
    // SAFETY: the range holds no valid descriptor, so that nothing is closed; the flag copies the table (close_range(2)).
    let closed = unsafe { libc::syscall(libc::SYS_close_range, none, none, libc::CLOSE_RANGE_UNSHARE) };
    if unshared != 0 {
        checked(closed, "unshare(CLONE_FILES) and close_range(CLOSE_RANGE_UNSHARE)")
            .map_err(|error| error.kind_is(ErrorKind::Unsupported).help("allow one of them in the outer sandbox"))?;
    }
    Ok(Mechanism::holds("own descriptor table", true, "unshared"))
}
