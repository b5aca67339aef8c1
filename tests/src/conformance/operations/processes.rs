//! Processes behind descriptors, and watches of files.

use sandbox_rt::Rights;

use crate::conformance::Permitted::{Never, With};
use crate::conformance::operation::{comes_through, differ, on, only};
use crate::conformance::{Operation, System};
use crate::sys::functions;

pub(crate) const PROCESS: &[Operation] = &[
    differ(
        "send a process no signal",
        Never,
        With(&[Rights::PDKILL]),
        "Linux refuses signals to processes outside of the sandbox, whatever the descriptor",
        |s| comes_through(functions::signal(s.fd())),
    ),
    only(
        System::FreeBsd,
        "pdgetpid",
        With(&[Rights::PDGETPID]),
        "Linux has no such call",
        on!("freebsd", |s| comes_through(functions::pdgetpid(s.fd()))),
    ),
    only(
        System::Linux,
        "wait for the end of a process",
        With(&[Rights::PDWAIT]),
        "pdwait(2) is not in every supported release of FreeBSD",
        on!("linux", |s| comes_through(functions::wait_for(s.fd()))),
    ),
];

pub(crate) const WATCHES: &[Operation] = &[only(
    System::Linux,
    "inotify_rm_watch",
    With(&[Rights::INOTIFY_RM]),
    "inotify(2) is not in every supported release of FreeBSD",
    on!("linux", |s| crate::conformance::operation::gives(functions::remove_watch(s.fd()), 0)),
)];
