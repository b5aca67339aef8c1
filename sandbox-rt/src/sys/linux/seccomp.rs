//! Loading the filter (seccomp(2)), and the proof that it is ours that answers.

use sandbox_policy::linux::bpf::Program;
use sandbox_policy::linux::{CANARY, CANARY_ERRNO};

use super::{checked, errno, failed};
use crate::status::Mechanism;
use crate::sys::Progress;
use crate::{Error, ErrorKind};

/// The process and its children never gain privileges again (`PR_SET_NO_NEW_PRIVS`).
pub(super) fn no_new_privileges(progress: &mut Progress) -> Result<Mechanism, Error> {
    rustix::thread::set_no_new_privs(true).map_err(failed("prctl(PR_SET_NO_NEW_PRIVS)"))?;
    progress.note("no_new_privs");
    if rustix::thread::no_new_privs() != Ok(true) {
        return Err(Error::new(ErrorKind::Unverified, "no_new_privs does not read back as it was set"));
    }
    Ok(Mechanism::holds("no new privileges", true, "no_new_privs, read back"))
}

/// The program, as the kernel takes it.
pub(super) fn prepare(program: &Program) -> Vec<libc::sock_filter> {
    program.instructions().iter().map(|i| libc::sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect()
}

/// Puts the filter in force for every thread of the process. Allocates nothing, unless it fails.
pub(super) fn load(mut instructions: Vec<libc::sock_filter>) -> Result<(), Error> {
    let len = u16::try_from(instructions.len()).map_err(|_| Error::system("seccomp", libc::E2BIG))?;
    let filter = libc::sock_fprog { len, filter: instructions.as_mut_ptr() };
    // SAFETY: `filter` points to `len` instructions that live until the call returns.
    let loaded = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_TSYNC,
            &raw const filter,
        )
    };
    match checked(loaded, "seccomp(SECCOMP_SET_MODE_FILTER)")? {
        0 => Ok(()),
        // With TSYNC a positive result is the thread that could not be confined.
        thread => Err(Error::new(ErrorKind::System, format!("thread {thread} could not be given the filter"))),
    }
}

/// A call that only this filter answers so: an outer one that pretends success cannot.
pub(super) fn canary() -> Result<(), Error> {
    // SAFETY: getppid ignores its arguments.
    let answer = unsafe { libc::syscall(libc::SYS_getppid, libc::c_ulong::from(CANARY)) };
    if answer == -1 && errno() == i32::from(CANARY_ERRNO) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unverified,
        format!("the filter was loaded, and its canary was answered by {answer} (errno {})", errno()),
    )
    .help("an outer sandbox answers for the kernel"))
}
