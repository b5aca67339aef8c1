//! Child processes: for tests, and for workers.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// The first number that a worker's descriptors get.
const FIRST: RawFd = 3;
/// Set in the environment of a worker, and nothing else is.
const WORKER: &str = "SANDBOX_WORKER";
/// The exit status of a panic, as of a Rust program's main thread.
pub(crate) const PANICKED: i32 = 101;

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this exit status.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

/// Held while the loader is asked for its list of objects, and across a fork: the loader's own lock, if another thread held it
/// at that moment, would stay locked in the child for ever.
static LOADER: Mutex<()> = Mutex::new(());

/// Keeps other threads of this crate from asking the loader, and from forking, until it is dropped.
pub(crate) fn hold_loader() -> MutexGuard<'static, ()> {
    LOADER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `body` in a child with one thread. Gives how it ended, and what it wrote to stderr.
pub(crate) fn fork_and_run(body: impl FnOnce() -> i32) -> io::Result<(Ended, Vec<u8>)> {
    let (mut reader, writer) = io::pipe()?;
    let_children_print_panics();
    // The thread that goes on in the child holds these locks across the fork: another one's would stay locked there. What
    // is buffered is written before, so that it is not written twice.
    let loader = hold_loader();
    let mut streams = (io::stdout().lock(), io::stderr().lock());
    let _ = streams.0.flush();
    // SAFETY: the child has one thread, which goes on in `body` and never returns from here. Locks that other threads
    // held stay locked there; the module's documentation says so.
    let child = unsafe { libc::fork() };
    drop((streams, loader));
    if child == -1 {
        return Err(io::Error::last_os_error());
    }
    if child == 0 {
        drop(reader);
        let status = run_child(writer.into(), body);
        exit_now(status);
    }
    drop(writer);
    let mut stderr = Vec::new();
    let read = reader.read_to_end(&mut stderr);
    let mut status = 0;
    loop {
        // SAFETY: `status` is a live int, and the child is ours.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        if waited == child {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    read?;
    Ok((ended(status), stderr))
}

/// Set in the child only.
static IN_CHILD: AtomicBool = AtomicBool::new(false);

/// A test harness captures what panics print; in a child it must reach the parent. The hook is set before the fork: in
/// the child, another thread that panics at that moment would hold its lock for ever.
fn let_children_print_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if IN_CHILD.load(Ordering::Relaxed) {
                let text = format!("{panic}\n");
                let _ = rustix::io::write(io::stderr().as_fd(), text.as_bytes());
            } else {
                previous(panic);
            }
        }));
    });
}

fn run_child(stderr: OwnedFd, body: impl FnOnce() -> i32) -> i32 {
    // SAFETY: both numbers are open; what stderr was, only this process forgets.
    if unsafe { libc::dup2(stderr.as_raw_fd(), libc::STDERR_FILENO) } == -1 {
        return PANICKED;
    }
    drop(stderr);
    IN_CHILD.store(true, Ordering::Relaxed);
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(PANICKED)
}

fn ended(status: libc::c_int) -> Ended {
    if libc::WIFSIGNALED(status) {
        Ended::Signalled(libc::WTERMSIG(status))
    } else {
        Ended::Exited(libc::WEXITSTATUS(status))
    }
}

/// Ends the process without running destructors or flushing what the parent will flush as well.
pub(crate) fn exit_now(status: i32) -> ! {
    // SAFETY: _exit takes a number and does not return.
    unsafe { libc::_exit(status) }
}

/// A started copy of this program.
pub(crate) type Spawned = Child;

/// Whether this process was started by [`spawn`]. An argument alone does not tell: it may be a file's name that somebody
/// else chose.
pub(crate) fn is_worker() -> bool {
    std::env::var_os(WORKER).is_some()
}

/// Starts this program again with these arguments, an environment that says so and nothing else, and these descriptors from number 3 on.
/// Standard input and output are `/dev/null`, standard error is this process's.
pub(crate) fn spawn(arguments: &[&OsStr], descriptors: &[OwnedFd]) -> io::Result<Spawned> {
    let beyond =
        FIRST + RawFd::try_from(descriptors.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // Copies above the numbers that they will get, so that placing one never closes another.
    let copies = descriptors
        .iter()
        .map(|descriptor| rustix::io::fcntl_dupfd_cloexec(descriptor, beyond))
        .collect::<Result<Vec<_>, _>>()?;
    let numbers: Vec<RawFd> = copies.iter().map(AsRawFd::as_raw_fd).collect();
    let mut command = Command::new(program()?);
    command.args(arguments).env_clear().env(WORKER, "1").stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(feature = "learn")]
    command.envs(std::env::var_os(super::LEARN).map(|file| (super::LEARN, file)));
    let place = move || {
        for (&copy, number) in numbers.iter().zip(FIRST..) {
            // SAFETY: `copy` is open in the child; nothing there uses `number`.
            if unsafe { libc::dup2(copy, number) } == -1 {
                return Err(io::Error::last_os_error());
            }
        }
        close_on_exec_from(beyond);
        Ok(())
    };
    // SAFETY: the closure calls dup2 and close_range only, which are async-signal-safe, and allocates nothing.
    unsafe { command.pre_exec(place) };
    command.spawn()
}

/// The running program itself, even if its file was replaced since.
fn program() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Nothing else is inherited. A kernel that cannot mark them (Linux before 5.11) leaves those that were not opened
/// close-on-exec to entry, which replaces whatever is not declared.
#[cfg(target_os = "linux")]
fn close_on_exec_from(first: RawFd) {
    // SAFETY: marks descriptors of the child, which uses none of them before execve.
    unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}

/// Nothing else is inherited (close_range(2), whose flag is as old as FreeBSD 13.1).
#[cfg(target_os = "freebsd")]
fn close_on_exec_from(first: RawFd) {
    let flag = libc::CLOSE_RANGE_CLOEXEC.cast_signed();
    // SAFETY: marks descriptors of the child, which uses none of them before execve.
    unsafe { libc::close_range(first.cast_unsigned(), libc::c_uint::MAX, flag) };
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
fn close_on_exec_from(_first: RawFd) {}

/// The descriptor that a worker was given as the one with this index. Each may be taken once.
pub(crate) fn take_descriptor(index: usize) -> io::Result<OwnedFd> {
    let number = RawFd::try_from(index).ok().and_then(|index| index.checked_add(FIRST));
    let number = number.ok_or(io::ErrorKind::InvalidInput)?;
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    if unsafe { libc::fcntl(number, libc::F_GETFD) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the number is open, was placed there for this worker, and is handed out once (`worker::Given`).
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
