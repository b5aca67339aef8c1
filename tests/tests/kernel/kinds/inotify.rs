//! Inotify instances.

use std::fs::File;

use libc::*;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use sandbox_rt::Rights;
use sandbox_tests::sys::call;
use sandbox_tests::{args, scratch};

use super::only_read;
use crate::compare::{Kind, Object, no_partners};
use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op, works};
use crate::operations::{attributes, control, waiting};

/// An instance with one watch, on the case's folder, and an event that was not read.
fn make() -> Object {
    let instance = inotify::init(CreateFlags::CLOEXEC).expect("an inotify instance");
    inotify::add_watch(&instance, scratch::folder(), WatchFlags::CREATE).expect("watch the folder");
    for number in 0..4 {
        let name = format!("created-{}-{number}", std::process::id());
        drop(scratch::file(&name, ""));
        std::fs::remove_file(scratch::path(&name)).expect("remove the file");
    }
    Object::new(File::from(instance))
}

pub(crate) const KINDS: &[Kind] = &[Kind {
    name: "inotify",
    make,
    partners: no_partners,
    operations: &[attributes::STAT, control::ANY, control::READABLE, control::NO_TERMINAL, waiting::ALL, INOTIFY],
    declarations: control::DECLARATIONS,
    fits: only_read,
}];

const INOTIFY: &[Operation] = &[
    op("read", With(&[Rights::READ]), |s| {
        call(SYS_read, args![s.fd(), &mut [0_u8; 512], 512]).map(|length| assert!(length > 0))
    }),
    op("inotify_add_watch", Never, |s| works(call(SYS_inotify_add_watch, args![s.fd(), c"/", IN_CREATE]))),
    op("inotify_rm_watch", With(&[Rights::INOTIFY_RM]), |s| gives(call(SYS_inotify_rm_watch, args![s.fd(), 1]), 0)),
];
