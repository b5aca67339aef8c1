//! Writing, with and without a position. Every write is of one byte.

use std::io::Write as _;

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use super::{CURRENT, vector};
use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op, std};

const WRITE: &[Rights] = &[Rights::WRITE];
const PWRITE: &[Rights] = &[Rights::PWRITE];

/// What works on everything that can be written.
pub(crate) const STREAM: &[Operation] = &[
    op("write", With(WRITE), |s| gives(call(SYS_write, args![s.fd(), b"w", 1]), 1)),
    op("std's write", With(WRITE), |s| {
        let mut file = s.file;
        std(file.write(b"w").inspect(|written| assert_eq!(*written, 1)))
    }),
    op("writev", With(WRITE), |s| gives(call(SYS_writev, args![s.fd(), &vector(&mut [b'w']), 1]), 1)),
    op("pwritev2 at the position", With(WRITE), |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, CURRENT[0], CURRENT[1], 0]), 1)
    }),
];

/// What needs a file with positions.
pub(crate) const POSITIONED: &[Operation] = &[
    op("pwritev2 at the position with RWF_DSYNC", With(WRITE), |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, CURRENT[0], CURRENT[1], RWF_DSYNC]), 1)
    }),
    op("pwritev2 at the position with RWF_NOAPPEND", Never, |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, CURRENT[0], CURRENT[1], RWF_NOAPPEND]), 1)
    }),
    op("pwrite64", With(PWRITE), |s| gives(call(SYS_pwrite64, args![s.fd(), b"w", 1, 3]), 1)),
    op("pwritev", With(PWRITE), |s| gives(call(SYS_pwritev, args![s.fd(), &vector(&mut [b'w']), 1, 3, 0]), 1)),
    op("pwritev2 at an offset", With(PWRITE), |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, 3, 0, 0]), 1)
    }),
    op("pwritev2 at an offset with RWF_APPEND", Never, |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, 3, 0, RWF_APPEND]), 1)
    }),
    op("pwritev2 at an offset with RWF_NOAPPEND", Never, |s| {
        gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, 3, 0, RWF_NOAPPEND]), 1)
    }),
    op("fallocate", With(PWRITE), |s| gives(call(SYS_fallocate, args![s.fd(), 0, 0, 4096]), 0)),
    op("fallocate with KEEP_SIZE", With(PWRITE), |s| {
        gives(call(SYS_fallocate, args![s.fd(), FALLOC_FL_KEEP_SIZE, 0, 4096]), 0)
    }),
    op("fallocate with PUNCH_HOLE", Never, |s| {
        gives(call(SYS_fallocate, args![s.fd(), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 4096]), 0)
    }),
    op("ftruncate", With(&[Rights::FTRUNCATE]), |s| gives(call(SYS_ftruncate, args![s.fd(), 8192]), 0)),
    op("std's set_len", With(&[Rights::FTRUNCATE]), |s| std(s.file.set_len(8192))),
    op("fsync", With(&[Rights::FSYNC]), |s| gives(call(SYS_fsync, args![s.fd()]), 0)),
    op("fdatasync", With(&[Rights::FSYNC]), |s| gives(call(SYS_fdatasync, args![s.fd()]), 0)),
    op("sync_file_range", With(&[Rights::FSYNC]), |s| {
        gives(call(SYS_sync_file_range, args![s.fd(), 0, 0, SYNC_FILE_RANGE_WRITE]), 0)
    }),
];

/// What moves the position to the end, where nothing can be read.
pub(crate) const TO_THE_END: &[Operation] = &[op("pwritev2 at the position with RWF_APPEND", Never, |s| {
    gives(call(SYS_pwritev2, args![s.fd(), &vector(&mut [b'w']), 1, CURRENT[0], CURRENT[1], RWF_APPEND]), 1)
})];

/// What works on sockets only.
pub(crate) const SOCKET: &[Operation] = &[
    op("sendto", With(WRITE), |s| gives(call(SYS_sendto, args![s.fd(), b"w", 1, MSG_NOSIGNAL, 0, 0]), 1)),
    op("sendmsg", Never, |s| {
        let mut buffer = *b"w";
        let vector = vector(&mut buffer);
        gives(call(SYS_sendmsg, args![s.fd(), &super::sockets::message(&vector), 0]), 1)
    }),
    op("sendmmsg", Never, |s| {
        let mut buffer = *b"w";
        let vector = vector(&mut buffer);
        gives(call(SYS_sendmmsg, args![s.fd(), &super::sockets::message(&vector), 1, 0]), 1)
    }),
];

/// What works on connected internet sockets: an address that the call names itself.
pub(crate) const TO_AN_ADDRESS: &[Operation] = &[op("sendto an address", Never, |s| {
    let address = super::sockets::peer_of(s.fd());
    let length = address.len();
    gives(call(SYS_sendto, args![s.fd(), b"w", 1, 0, address.as_slice(), length]), 1)
})];

/// What works on pipes only.
pub(crate) const PIPE: &[Operation] =
    &[op("vmsplice into it", Never, |s| gives(call(SYS_vmsplice, args![s.fd(), &vector(&mut [b'w']), 1, 0]), 1))];
