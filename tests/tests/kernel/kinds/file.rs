//! Regular files: open for reading and writing, for reading only, and for appending.

use std::fs::{File, OpenOptions};

use libc::*;
use sandbox_policy::Fcntls;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use super::{ordinary, partners};
use crate::compare::{Kind, Object, no_partners};
use crate::operation::Permitted::{Command, Never, With};
use crate::operation::{Operation, gives, op};
use crate::operations::{attributes, control, mapping, positions, reading, two, waiting, writing};
use sandbox_rt::Rights;

fn make() -> Object {
    Object::new(partners::file(&mut OpenOptions::new()))
}

fn appending() -> Object {
    Object::new(partners::file(OpenOptions::new().append(true)))
}

/// Open for reading only, and nobody may write to it.
fn read_only() -> Object {
    let path = sandbox_tests::scratch::file(&format!("read-only-{}", std::process::id()), vec![b'x'; 8192]);
    Object::new(File::open(path).expect("the file"))
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "file",
        make,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::POSITIONED,
            writing::STREAM,
            writing::POSITIONED,
            two::FROM_FILE,
            two::TO_PIPE,
            two::TO_FILE,
            two::TO_STREAM,
            mapping::ALL,
            attributes::STAT,
            attributes::FILE,
            attributes::LOCKS,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            waiting::ALL,
            writing::TO_THE_END,
            positions::ALL,
        ],
        declarations: FILE,
        fits: ordinary,
    },
    Kind {
        name: "file_read_only",
        make: read_only,
        partners: no_partners,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::POSITIONED,
            COPIES,
            attributes::STAT,
            attributes::FILE,
            attributes::LOCKS,
            control::ANY,
            waiting::ALL,
            positions::ALL,
        ],
        declarations: &["hold", "read + seek + fstat", "read + dup"],
        fits: super::only_read,
    },
    Kind {
        name: "file_appending",
        make: appending,
        partners: no_partners,
        operations: &[APPENDING, writing::STREAM],
        declarations: &["hold", "write + seek", "fcntl(setfl)", "write + fcntl(getfl, setfl)"],
        fits: ordinary,
    },
];

const FILE: &[&str] = &[
    "hold",
    "read + write",
    "read + write + seek",
    "seek + fstat",
    "fcntl(getfl, setfl, getown, setown) + dup",
    "ioctl(0x541b)",
    "ioctl(0x5421)",
    "ioctl(0x5450, 0x5451)",
    "ioctl(0x5401)",
    "ioctl(0x5413)",
    "fcntl(getfl)",
    "fcntl(setfl)",
    "fcntl(getown)",
    "fcntl(setown)",
];

/// A copy has the rights of the original.
const COPIES: &[Operation] = &[
    op("read from a copy", With(&[Rights::DUP.union(Rights::READ)]), |s| {
        let copy = call(SYS_fcntl, args![s.fd(), F_DUPFD_CLOEXEC, 0])?;
        let result = gives(call(SYS_read, args![copy, &mut [0_u8; 1], 1]), 1);
        gives(call(SYS_close, args![copy]), 0)?;
        result
    }),
    op("fstat of a copy", With(&[Rights::DUP.union(Rights::FSTAT)]), |s| {
        let copy = call(SYS_fcntl, args![s.fd(), F_DUPFD_CLOEXEC, 0])?;
        let result = gives(call(SYS_fstat, args![copy, &mut [0_u64; 32]]), 0);
        gives(call(SYS_close, args![copy]), 0)?;
        result
    }),
];

/// What is opened for appending stays so.
const APPENDING: &[Operation] = &[
    op("pwrite64", With(&[Rights::PWRITE]), |s| gives(call(SYS_pwrite64, args![s.fd(), b"w", 1, 0]), 1)),
    op("pwritev2 with RWF_NOAPPEND", Never, |s| {
        let vector = crate::operations::vector(&mut [b'w'; 1][..]);
        gives(call(SYS_pwritev2, args![s.fd(), &vector, 1, 0, 0, RWF_NOAPPEND]), 1)
    }),
    op("fcntl F_SETFL with O_APPEND", Command(Fcntls::SETFL, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, O_APPEND]), 0)
    }),
    op("fcntl F_SETFL with O_APPEND and O_NONBLOCK", Command(Fcntls::SETFL, &[]), |s| {
        gives(call(SYS_fcntl, args![s.fd(), F_SETFL, O_APPEND | O_NONBLOCK]), 0)
    }),
    op("fcntl F_SETFL without O_APPEND", Never, |s| gives(call(SYS_fcntl, args![s.fd(), F_SETFL, 0]), 0)),
];
