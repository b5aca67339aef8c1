//! Waiting until a descriptor is ready, and event queues: epoll(7) and kqueue(2).

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sandbox_rt::Rights;

use crate::conformance::Permitted::{Answered, OnAny, With};
use crate::conformance::operation::{comes_through, differ, op, rustix, works};
use crate::conformance::{Inert, Operation};
use crate::sys::{Errno, functions};

const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
const EVENT: &[Rights] = &[Rights::EVENT];
const IN_MEMORY: &str = "which descriptors are meant is in memory, where a Linux filter cannot see it";

/// What works on everything.
pub(crate) const ALL: &[Operation] = &[
    differ("poll", OnAny(Rights::EVENT, Inert::NoDescriptor), Answered(Rights::EVENT), IN_MEMORY, |s| {
        let mut polled = [PollFd::new(s.file, PollFlags::IN)];
        rustix(poll(&mut polled, Some(&AT_ONCE)))?;
        if polled[0].revents().contains(PollFlags::NVAL) { Err(Errno::EBADF) } else { Ok(()) }
    }),
    differ("select", OnAny(Rights::EVENT, Inert::Ready), With(EVENT), IN_MEMORY, |s| works(functions::select(s.fd()))),
];

/// What works on everything that can be ready: not files and directories, for Linux.
pub(crate) const WATCHED: &[Operation] =
    &[op("let a queue wait for it", With(EVENT), |s| comes_through(functions::watch(s.queue, s.file)))];

/// What works on an event queue, beside the rest.
pub(crate) const QUEUE: &[Operation] = &[
    op("change what a queue waits for", With(&[Rights::KQUEUE_CHANGE]), |s| works(functions::watch(s.file, s.ready))),
    op("wait for a queue's events", With(&[Rights::KQUEUE_EVENT]), |s| works(functions::wait_at_once(s.file))),
];
