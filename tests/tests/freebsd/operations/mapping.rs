//! Mapping a file into memory.

use rustix::mm::{MapFlags, ProtFlags};
use sandbox_rt::Rights;

use crate::operation::Permitted::With;
use crate::operation::{Operation, op};
use crate::sys;

const MMAP: Rights = Rights::MMAP;
const READ: &[Rights] = &[MMAP.union(Rights::PREAD)];
const WRITE: &[Rights] = &[MMAP.union(Rights::PWRITE)];
const BOTH: &[Rights] = &[MMAP.union(Rights::PREAD).union(Rights::PWRITE)];

pub(crate) const ALL: &[Operation] = &[
    op("mmap without access", With(&[MMAP]), |s| sys::map(s.file, ProtFlags::empty(), MapFlags::PRIVATE)),
    op("mmap to read, private", With(READ), |s| sys::map(s.file, ProtFlags::READ, MapFlags::PRIVATE)),
    op("mmap to read, shared", With(READ), |s| sys::map(s.file, ProtFlags::READ, MapFlags::SHARED)),
    op("mmap to write, shared", With(WRITE), |s| sys::map(s.file, ProtFlags::WRITE, MapFlags::SHARED)),
    op("mmap to read and write, private", With(READ), |s| {
        sys::map(s.file, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
    }),
    op("mmap to read and write, shared", With(BOTH), |s| {
        sys::map(s.file, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)
    }),
];
