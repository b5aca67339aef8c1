//! Waiting for events, processes, and the kernel's other objects.

use super::Enforcement::{self, Refused, Weaker};
use super::{Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::When::OneOf;
use crate::linux::rule::{CallRule, on};

/// `P_PIDFD` (waitid(2)).
const P_PIDFD: &[u32] = &[3];

const KQUEUE_EVENT: &[CallRule] = &[on(Call::epoll_wait, 0), on(Call::epoll_pwait, 0), on(Call::epoll_pwait2, 0)];

const SEMAPHORE_LINUX: Enforcement = Refused("semaphores are no descriptors on Linux; map shared memory before entry");
const SEMAPHORE_FREEBSD: Enforcement = Refused("the calls are not available in capability mode");

const fn object(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    Row::new(name, rights, meaning).freebsd(constant).kinds(Kinds::OBJECTS)
}

pub(super) const ROWS: &[Row] = &[
    // poll and select are made by the lowering: they name no descriptor that a filter could see.
    Row::new("event", Rights::EVENT, "wait until it is ready")
        .freebsd("CAP_EVENT")
        .on_linux(Weaker("sets of descriptors are in memory: every descriptor that is still open can be waited for")),
    Row::new("poll_event", Rights::EVENT, "the old name of `event`").freebsd("CAP_POLL_EVENT").alias(),
    object("kqueue_event", Rights::KQUEUE_EVENT, "wait for events of this queue", "CAP_KQUEUE_EVENT")
        .linux(KQUEUE_EVENT),
    object("kqueue_change", Rights::KQUEUE_CHANGE, "change what this queue waits for", "CAP_KQUEUE_CHANGE")
        .linux(&[on(Call::epoll_ctl, 0).peer(2, Rights::EVENT)]),
    object("kqueue", Rights::KQUEUE_EVENT.union(Rights::KQUEUE_CHANGE), "`kqueue_event + kqueue_change`", "CAP_KQUEUE"),
    object("inotify_rm", Rights::INOTIFY_RM, "remove a watch from it", "CAP_INOTIFY_RM")
        .since("15.0")
        .linux(&[on(Call::inotify_rm_watch, 0)]),
    object("pdwait", Rights::PDWAIT, "wait for the process behind it", "CAP_PDWAIT")
        .linux(&[on(Call::waitid, 1).when(&[OneOf(0, P_PIDFD)])]),
    object("pdkill", Rights::PDKILL, "send signals to the process behind it", "CAP_PDKILL")
        .on_linux(Refused("signals to processes outside the sandbox are refused by its Landlock domain")),
    object("pdgetpid", Rights::PDGETPID, "ask for the number of the process behind it", "CAP_PDGETPID")
        .on_linux(Refused("Linux has no such call; ask before entry")),
    object("ttyhook", Rights::TTYHOOK, "hook into a terminal", "CAP_TTYHOOK")
        .on_linux(Refused("Linux has no such call")),
    object("sem_getvalue", Rights::SEM_GETVALUE, "read a semaphore", "CAP_SEM_GETVALUE")
        .on_linux(SEMAPHORE_LINUX)
        .on_freebsd(SEMAPHORE_FREEBSD),
    object("sem_post", Rights::SEM_POST, "release a semaphore", "CAP_SEM_POST")
        .on_linux(SEMAPHORE_LINUX)
        .on_freebsd(SEMAPHORE_FREEBSD),
    object("sem_wait", Rights::SEM_WAIT, "acquire a semaphore", "CAP_SEM_WAIT")
        .on_linux(SEMAPHORE_LINUX)
        .on_freebsd(SEMAPHORE_FREEBSD),
    Row::new("ioctl", Rights::IOCTL, "the listed ioctl(2) requests").freebsd("CAP_IOCTL"),
];
