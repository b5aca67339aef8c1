//! Epoll instances: FreeBSD's kqueue rights.

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use super::{ordinary, partners};
use crate::compare::{Kind, Object, no_partners};
use crate::operation::Permitted::With;
use crate::operation::{Operation, Partner, Permitted, Subject, gives, op};
use crate::operations::{attributes, control, waiting};

const CHANGE: &[Rights] = &[Rights::KQUEUE_CHANGE];
const WAIT: &[Rights] = &[Rights::KQUEUE_EVENT];

/// An epoll instance that waits for a pipe with something in it.
fn make() -> Object {
    let epoll = rustix::event::epoll::create(rustix::event::epoll::CreateFlags::CLOEXEC).expect("an epoll instance");
    let (reader, writer) = partners::pipe();
    let interest = rustix::event::epoll::EventFlags::IN;
    let data = rustix::event::epoll::EventData::new_u64(7);
    rustix::event::epoll::add(&epoll, &reader, data, interest).expect("add the pipe");
    Object::new(epoll).with(reader).with(writer)
}

fn targets() -> Vec<Partner> {
    let ((event, a), (held, b)) = (partners::pipe(), partners::pipe());
    vec![
        Partner { name: "event", file: event, rights: Rights::EVENT },
        Partner { name: "held", file: held, rights: Rights::NONE },
        Partner { name: "event's other end", file: a, rights: Rights::NONE },
        Partner { name: "held's other end", file: b, rights: Rights::NONE },
    ]
}

/// Whether the queue is changed, or the target is one of several on which there is `event`.
fn queues() -> Vec<Partner> {
    let queue = || make().file;
    vec![
        Partner { name: "queue", file: queue(), rights: Rights::KQUEUE_CHANGE },
        Partner { name: "queue held", file: queue(), rights: Rights::NONE },
        Partner { name: "queue that waits", file: queue(), rights: Rights::KQUEUE_EVENT },
    ]
}

fn reader() -> Object {
    let (reader, writer) = partners::pipe();
    Object::new(reader).with(writer)
}

/// A `struct epoll_event`: packed on x86_64.
fn control_queue(queue: i32, operation: i32, target: i32) -> Result<(), Errno> {
    gives(call(SYS_epoll_ctl, args![queue, operation, target, &[u32::from_ne_bytes([1, 0, 0, 0]), 7, 0, 0]]), 0)
}

fn wait(subject: &Subject<'_>, number: c_long, timeout: i64) -> Result<(), Errno> {
    gives(call(number, args![subject.fd(), &mut [0_u32; 32], 8, timeout, 0, 8]), 1)
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "epoll",
        make,
        partners: targets,
        operations: &[QUEUE, attributes::STAT],
        declarations: &["hold", "kqueue + fstat"],
        fits: ordinary,
    },
    Kind {
        name: "epoll_waited_for",
        make,
        partners: no_partners,
        operations: &[WAITING, attributes::STAT, control::ANY, waiting::ALL],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "epoll_target",
        make: reader,
        partners: queues,
        operations: &[TARGET, waiting::ALL],
        declarations: &["hold", "read + event"],
        fits: super::only_read,
    },
];

const WAITING: &[Operation] = &[
    #[cfg(target_arch = "x86_64")]
    op("epoll_wait", With(WAIT), |s| wait(s, SYS_epoll_wait, 0)),
    op("epoll_pwait", With(WAIT), |s| wait(s, SYS_epoll_pwait, 0)),
    op("epoll_pwait2", With(WAIT), |s| {
        gives(call(SYS_epoll_pwait2, args![s.fd(), &mut [0_u32; 32], 8, &[0_i64; 2], 0, 8]), 1)
    }),
];

const QUEUE: &[Operation] = &[
    WAITING[0],
    op("epoll_ctl to add", With(CHANGE), |s| control_queue(s.fd(), EPOLL_CTL_ADD, s.partner("event"))),
    op("epoll_ctl to modify", With(CHANGE), |s| control_queue(s.fd(), EPOLL_CTL_MOD, s.partner("event"))),
    op("epoll_ctl to remove", With(CHANGE), |s| control_queue(s.fd(), EPOLL_CTL_DEL, s.partner("event"))),
    op("epoll_ctl to add a held one", Permitted::Never, |s| control_queue(s.fd(), EPOLL_CTL_ADD, s.partner("held"))),
];

const EVENT: &[Rights] = &[Rights::EVENT];

const TARGET: &[Operation] = &[
    op("epoll_ctl to add it", With(EVENT), |s| control_queue(s.partner("queue"), EPOLL_CTL_ADD, s.fd())),
    op("epoll_ctl to remove it", With(EVENT), |s| control_queue(s.partner("queue"), EPOLL_CTL_DEL, s.fd())),
    op("epoll_ctl to add it to a held queue", Permitted::Never, |s| {
        control_queue(s.partner("queue held"), EPOLL_CTL_ADD, s.fd())
    }),
    op("epoll_ctl to add it to a queue that only waits", Permitted::Never, |s| {
        control_queue(s.partner("queue that waits"), EPOLL_CTL_ADD, s.fd())
    }),
];
