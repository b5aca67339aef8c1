//! Reading, with and without a position. Every read asks for one byte.

use std::io::Read as _;

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use super::{CURRENT, vector};
use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op, std, works};

const READ: &[Rights] = &[Rights::READ];
const PREAD: &[Rights] = &[Rights::PREAD];

/// What works on everything that can be read.
pub(crate) const STREAM: &[Operation] = &[
    op("read", With(READ), |s| gives(call(SYS_read, args![s.fd(), &mut [0_u8; 1], 1]), 1)),
    op("std's read", With(READ), |s| {
        let mut file = s.file;
        std(file.read(&mut [0]).inspect(|read| assert_eq!(*read, 1)))
    }),
    op("readv", With(READ), |s| gives(call(SYS_readv, args![s.fd(), &vector(&mut [0]), 1]), 1)),
];

/// What works on files and pipes, not on sockets made by socketpair, terminals and others.
pub(crate) const AT_CURRENT: &[Operation] = &[op("preadv2 at the position", With(READ), |s| {
    gives(call(SYS_preadv2, args![s.fd(), &vector(&mut [0]), 1, CURRENT[0], CURRENT[1], 0]), 1)
})];

/// What needs a file with positions.
pub(crate) const POSITIONED: &[Operation] = &[
    op("preadv2 at the position with RWF_HIPRI", With(READ), |s| {
        gives(call(SYS_preadv2, args![s.fd(), &vector(&mut [0]), 1, CURRENT[0], CURRENT[1], RWF_HIPRI]), 1)
    }),
    op("pread64", With(PREAD), |s| gives(call(SYS_pread64, args![s.fd(), &mut [0_u8; 1], 1, 3]), 1)),
    op("preadv", With(PREAD), |s| gives(call(SYS_preadv, args![s.fd(), &vector(&mut [0]), 1, 3, 0]), 1)),
    op("preadv2 at an offset", With(PREAD), |s| {
        gives(call(SYS_preadv2, args![s.fd(), &vector(&mut [0]), 1, 3, 0, 0]), 1)
    }),
    op("fadvise64", With(READ), |s| gives(call(SYS_fadvise64, args![s.fd(), 0, 0, POSIX_FADV_WILLNEED]), 0)),
    op("readahead", Never, |s| gives(call(SYS_readahead, args![s.fd(), 0, 1]), 0)),
    op("cachestat", Never, |s| gives(call(SYS_CACHESTAT, args![s.fd(), &[0_u64, 1], &mut [0_u64; 5], 0]), 0)),
];

/// What works on sockets only.
pub(crate) const SOCKET: &[Operation] = &[
    op("recvfrom", With(READ), |s| gives(call(SYS_recvfrom, args![s.fd(), &mut [0_u8; 1], 1, 0, 0, 0]), 1)),
    op("recvfrom with an address", With(READ), |s| {
        let (mut address, mut length) = ([0_u8; 128], [128_u32]);
        gives(call(SYS_recvfrom, args![s.fd(), &mut [0_u8; 1], 1, 0, &mut address, &mut length]), 1)
    }),
    op("recvfrom with MSG_PEEK", With(READ), |s| {
        gives(call(SYS_recvfrom, args![s.fd(), &mut [0_u8; 1], 1, MSG_PEEK, 0, 0]), 1)
    }),
    op("recvmsg", Never, |s| {
        let mut buffer = [0];
        let vector = vector(&mut buffer);
        gives(call(SYS_recvmsg, args![s.fd(), &super::sockets::message(&vector), 0]), 1)
    }),
    op("recvmmsg", Never, |s| {
        let mut buffer = [0];
        let vector = vector(&mut buffer);
        gives(call(SYS_recvmmsg, args![s.fd(), &super::sockets::message(&vector), 1, 0, 0]), 1)
    }),
];

/// What works on pipes only.
pub(crate) const PIPE: &[Operation] =
    &[op("vmsplice from it", Never, |s| works(call(SYS_vmsplice, args![s.fd(), &vector(&mut [0]), 1, 0])))];

/// cachestat(2), since Linux 6.5.
const SYS_CACHESTAT: c_long = 451;
