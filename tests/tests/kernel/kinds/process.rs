//! Process descriptors, of a child that has ended.

use std::fs::File;
use std::process::{Command, Stdio};

use libc::*;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use super::ordinary;
use crate::compare::{Kind, Object, no_partners};
use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op, unknown};
use crate::operations::{attributes, control, waiting};

#[allow(clippy::zombie_processes, reason = "a child that was waited for has no descriptor that could be tried")]
fn make() -> Object {
    let mut command = Command::new("/proc/self/exe");
    let child = command.arg("--list").stdout(Stdio::null()).spawn().expect("a child");
    let pid = Pid::from_raw(child.id().cast_signed()).expect("its number");
    let descriptor = pidfd_open(pid, PidfdFlags::empty()).expect("a process descriptor");
    // Wait for its end, and leave it there to be waited for again.
    let waited =
        call(SYS_waitid, args![P_PIDFD, std::os::fd::AsRawFd::as_raw_fd(&descriptor), 0, WEXITED | WNOWAIT, 0]);
    waited.expect("wait for the child");
    Object::new(File::from(descriptor))
}

pub(crate) const KINDS: &[Kind] = &[Kind {
    name: "process",
    make,
    partners: no_partners,
    operations: &[PROCESS, attributes::STAT, control::ANY, control::NO_TERMINAL, waiting::ALL],
    declarations: control::DECLARATIONS,
    fits: ordinary,
}];

const PROCESS: &[Operation] = &[
    op("waitid of the descriptor", With(&[Rights::PDWAIT]), |s| {
        gives(call(SYS_waitid, args![P_PIDFD, s.fd(), 0, WEXITED | WNOWAIT, 0]), 0)
    }),
    op("waitid of any child", Never, |s| {
        gives(call(SYS_waitid, args![P_ALL, s.fd(), 0, WEXITED | WNOWAIT | WNOHANG, 0]), 0)
    }),
    op("pidfd_send_signal", Never, |s| gives(call(SYS_pidfd_send_signal, args![s.fd(), 0, 0, 0]), 0)),
    unknown("statx of it", |s| gives(call(SYS_statx, args![s.fd(), c"", AT_EMPTY_PATH, 0, &mut [0_u64; 32]]), 0)),
];
