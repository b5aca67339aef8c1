//! Mapping a file. What was mapped is unmapped at once.

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{Always, Never, With};
use crate::operation::{Operation, Subject, op};

const MMAP: &[Rights] = &[Rights::MMAP];
const READ: Rights = Rights::MMAP.union(Rights::PREAD);
const WRITE: Rights = Rights::MMAP.union(Rights::PWRITE);

fn map(subject: &Subject<'_>, protection: i32, flags: i32) -> Result<(), Errno> {
    let address = call(SYS_mmap, args![0, 4096, protection, flags, subject.fd(), 0])?;
    call(SYS_munmap, args![address, 4096]).map(drop)
}

pub(crate) const ALL: &[Operation] = &[
    op("mmap without access", With(MMAP), |s| map(s, PROT_NONE, MAP_PRIVATE)),
    op("mmap for reading", With(&[READ]), |s| map(s, PROT_READ, MAP_PRIVATE)),
    op("mmap for reading, populated", With(&[READ]), |s| map(s, PROT_READ, MAP_PRIVATE | MAP_POPULATE)),
    op("mmap of a private copy", With(&[READ]), |s| map(s, PROT_READ | PROT_WRITE, MAP_PRIVATE)),
    op("mmap shared, without access", With(&[WRITE]), |s| map(s, PROT_NONE, MAP_SHARED)),
    op("mmap shared, for reading", With(&[WRITE]), |s| map(s, PROT_READ, MAP_SHARED)),
    op("mmap shared, for writing", With(&[WRITE]), |s| map(s, PROT_WRITE, MAP_SHARED)),
    op("mmap shared and validated", With(&[WRITE]), |s| map(s, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE)),
    op("mmap for execution", Never, |s| map(s, PROT_EXEC, MAP_PRIVATE)),
    op("mmap for reading and execution", Never, |s| map(s, PROT_READ | PROT_EXEC, MAP_PRIVATE)),
    op("mmap shared, for execution", Never, |s| map(s, PROT_READ | PROT_EXEC, MAP_SHARED)),
    op("mmap of nothing, naming it", Always, |s| map(s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS)),
];
