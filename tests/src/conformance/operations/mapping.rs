//! Mapping a file into memory.

use rustix::mm::{MapFlags, ProtFlags};
use sandbox_rt::Rights;

use crate::conformance::Operation;
use crate::conformance::Permitted::{Never, With};
use crate::conformance::operation::{differ, op};
use crate::sys::functions::map;

const MMAP: Rights = Rights::MMAP;
const READ: &[Rights] = &[MMAP.union(Rights::PREAD)];
const WRITE: &[Rights] = &[MMAP.union(Rights::PWRITE)];
const BOTH: &[Rights] = &[MMAP.union(Rights::PREAD).union(Rights::PWRITE)];

pub(crate) const ALL: &[Operation] = &[
    op("mmap without access", With(&[MMAP]), |s| map(s.file, ProtFlags::empty(), MapFlags::PRIVATE)),
    op("mmap to read, private", With(READ), |s| map(s.file, ProtFlags::READ, MapFlags::PRIVATE)),
    differ(
        "mmap to read, shared",
        With(WRITE),
        With(READ),
        "on Linux a shared mapping can be made writable afterwards; FreeBSD's remembers the rights of its descriptor",
        |s| map(s.file, ProtFlags::READ, MapFlags::SHARED),
    ),
    op("mmap to write, shared", With(WRITE), |s| map(s.file, ProtFlags::WRITE, MapFlags::SHARED)),
    op("mmap to read and write, private", With(READ), |s| {
        map(s.file, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
    }),
    differ(
        "mmap to read and write, shared",
        With(WRITE),
        With(BOTH),
        "on Linux a mapping for writing can be read as well",
        |s| map(s.file, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED),
    ),
    differ(
        "mmap to execute",
        Never,
        With(&[MMAP.union(Rights::SEEK).union(Rights::MMAP_EXEC)]),
        "a Linux filter cannot tie code in a mapping to the descriptor that it came from",
        |s| map(s.file, ProtFlags::EXEC, MapFlags::PRIVATE),
    ),
];
