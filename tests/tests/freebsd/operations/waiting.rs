//! Waiting until a descriptor is ready.

use rustix::event::kqueue::{Event, EventFilter, EventFlags, kqueue};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sandbox_rt::Rights;
use sandbox_tests::sys::Errno;

use crate::operation::Permitted::With;
use crate::operation::{Operation, comes_through, op, rustix, works};
use crate::sys;

const EVENT: &[Rights] = &[Rights::EVENT];
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// What works on everything that can be waited for.
pub(crate) const ALL: &[Operation] = &[
    // Without the right the call succeeds, and says that the descriptor is none.
    op("poll", With(EVENT), |s| {
        let mut polled = [PollFd::new(s.file, PollFlags::IN)];
        rustix(poll(&mut polled, Some(&AT_ONCE)))?;
        if polled[0].revents().contains(PollFlags::NVAL) { Err(Errno::ENOTCAPABLE) } else { Ok(()) }
    }),
    op("select", With(EVENT), |s| works(sys::select(s.fd()))),
    op("kevent, to watch it", With(EVENT), |s| {
        let queue = kqueue().map_err(|error| Errno(error.raw_os_error()))?;
        // What cannot be read says so itself.
        comes_through(sys::watch(&queue, &[read_event(s.fd())]))
    }),
];

fn read_event(number: i32) -> Event {
    Event::new(EventFilter::Read(number), EventFlags::ADD, std::ptr::null_mut())
}

/// What works on an event queue, beside the rest.
pub(crate) const QUEUE: &[Operation] = &[
    op("kevent, to change it", With(&[Rights::KQUEUE_CHANGE]), |s| {
        let timer = Event::new(
            EventFilter::Timer { ident: 1, timer: Some(std::time::Duration::from_secs(100)) },
            EventFlags::ADD,
            std::ptr::null_mut(),
        );
        works(sys::watch(s.file, &[timer]))
    }),
    op("kevent, to wait", With(&[Rights::KQUEUE_EVENT]), |s| works(sys::wait_at_once(s.file))),
];
