//! Nothing is shared: one task, a descriptor table of its own.

use std::time::{Duration, Instant};

use super::{errno, procfs};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// A thread that was joined leaves the kernel's list some milliseconds later.
const PATIENCE: Duration = Duration::from_millis(200);

/// An early look, so that the ordinary error comes before anything is done. The last word before that has [`one_task`].
pub(super) fn seems_alone() -> Result<(), Error> {
    unshare(libc::CLONE_VM).or_else(|_| one_task().map(|_| ()))
}

/// Landlock and capabilities are per thread, so there must be one.
///
/// `unshare(CLONE_VM)` succeeds only in a process with one task whose memory nobody shares (`unshare(2)`); where an
/// outer sandbox refuses it, `/proc/self/task` is counted.
pub(super) fn one_task() -> Result<Mechanism, Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // With one task, CLONE_VM has nothing to do; with several the kernel refuses it. An outer filter can answer 0
        // without doing anything: count as well.
        match unshare(libc::CLONE_VM) {
            Ok(()) if count_tasks()? == 1 => {
                return Ok(Mechanism::holds("one task", true, "checked by unshare and /proc/self/task"));
            }
            Err(errno) if errno != libc::EINVAL && count_tasks()? == 1 => {
                return Ok(Mechanism::holds("one task", true, "checked by /proc/self/task"));
            }
            Ok(()) | Err(_) => {}
        }
        if Instant::now() >= deadline {
            return Err(shared(count_tasks()?));
        }
        // Not `thread::sleep`, which panics where an outer sandbox refuses to sleep.
        let pause = rustix::thread::Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
        let _ = rustix::thread::nanosleep(&pause);
    }
}

/// Whether what was allocated since has started a thread: the filter would hold it, and what is per thread would not.
///
/// Where an outer sandbox refuses `unshare(CLONE_VM)` this is not seen: Landlock keeps tasks from being counted now.
pub(super) fn still_alone() -> Result<(), Error> {
    if unshare(libc::CLONE_VM) == Err(libc::EINVAL) {
        return Err(Error::new(ErrorKind::Shared, "a thread was started while the process was being confined").help(
            "what the program's allocator starts, it must start before entry, or after it with `allow(threads)`",
        ));
    }
    Ok(())
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
    // CLONE_FILES gives this task a copy of its own table; every number keeps its meaning. Both ways are gone, because
    // nothing tells whether one worked: some container profiles refuse the first, and Linux before 5.9 does not know the
    // second.
    let unshared = unshare(libc::CLONE_FILES);
    let copied = close_no_range(libc::CLOSE_RANGE_UNSHARE);
    if let (Err(_), Err(errno)) = (unshared, copied) {
        return Err(Error::system("unshare(CLONE_FILES) and close_range(CLOSE_RANGE_UNSHARE)", errno)
            .kind_is(ErrorKind::Unsupported)
            .help("allow one of them in the outer sandbox"));
    }
    Ok(Mechanism::holds("own descriptor table", true, "unshared"))
}

/// unshare(2), or its errno. An outer filter that answers 0 to a flag that there is not (unshare(2): EINVAL) does nothing,
/// and counts as one that refuses.
fn unshare(flag: libc::c_int) -> Result<(), i32> {
    const NO_FLAG: libc::c_int = 1;
    // SAFETY: the flags that are passed take a copy of what is shared, or are refused by the kernel.
    if unsafe { libc::unshare(flag) } != 0 {
        return Err(errno());
    }
    // SAFETY: as above.
    if unsafe { libc::unshare(NO_FLAG) } == 0 { Err(libc::EPERM) } else { Ok(()) }
}

/// close_range(2) of numbers that nothing can have, so that nothing is closed; for its flags. As [`unshare`].
fn close_no_range(flag: libc::c_uint) -> Result<(), i32> {
    const NO_FLAG: libc::c_uint = 1 << 31;
    const NONE: libc::c_uint = libc::c_uint::MAX;
    // SAFETY: the range holds no valid descriptor.
    if unsafe { libc::syscall(libc::SYS_close_range, NONE, NONE, flag) } != 0 {
        return Err(errno());
    }
    // SAFETY: as above.
    if unsafe { libc::syscall(libc::SYS_close_range, NONE, NONE, NO_FLAG) } == 0 { Err(libc::EPERM) } else { Ok(()) }
}
