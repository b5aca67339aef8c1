//! Both sides of a pseudo-terminal.

use std::fs::{File, OpenOptions};
use std::io::Write as _;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::ordinary;
use crate::compare::{Kind, Object, no_partners};
use crate::operations::{attributes, control, reading, waiting, writing};

/// The master's and the slave's side, with several lines waiting on the slave's and some on the master's.
fn pair() -> (File, File) {
    let mut master = File::from(openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal"));
    grantpt(&master).expect("grantpt");
    unlockpt(&master).expect("unlockpt");
    let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("text");
    let slave = OpenOptions::new().read(true).write(true).open(name);
    let mut slave = slave.expect("its other side");
    master.write_all(b"a line\nanother line\n").expect("type");
    slave.write_all(b"shown").expect("show");
    (master, slave)
}

fn slave() -> Object {
    let (master, slave) = pair();
    Object::new(slave).with(master)
}

fn master() -> Object {
    let (master, slave) = pair();
    Object::new(master).with(slave)
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "terminal",
        make: slave,
        partners: no_partners,
        operations: &[
            reading::STREAM,
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::SIGNALLING,
            control::TERMINAL,
            waiting::ALL,
        ],
        declarations: TERMINAL,
        fits: ordinary,
    },
    Kind {
        name: "terminal_master",
        make: master,
        partners: no_partners,
        operations: &[
            reading::STREAM,
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::TERMINAL,
            control::TERMINAL_MASTER,
            waiting::ALL,
        ],
        declarations: TERMINAL,
        fits: ordinary,
    },
];

const TERMINAL: &[&str] = &[
    "hold",
    "read + isatty",
    "ioctl(0x5401)",
    "ioctl(0x5413)",
    "ioctl(0x5414)",
    "ioctl(0x541b)",
    "ioctl(0x5401, 0x5413, 0x5421)",
    "fcntl(getfl, setfl)",
];
