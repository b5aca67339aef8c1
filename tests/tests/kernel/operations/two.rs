//! Moving data between two descriptors: each side needs its right.
//!
//! The second descriptors: `pipe in` and `pipe out` (the reading and the writing end, declared with `read` and with
//! `write`), `file in` (`read`), `file pin` (`pread`), `file out` (`write`), `file pout` (`pwrite`), and the same with
//! `held`, declared with nothing.

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::operation::Permitted::{Never, With};
use crate::operation::{Operation, gives, op};

const READ: &[Rights] = &[Rights::READ];
const WRITE: &[Rights] = &[Rights::WRITE];
const PREAD: &[Rights] = &[Rights::PREAD];
const PWRITE: &[Rights] = &[Rights::PWRITE];

/// From a file.
pub(crate) const FROM_FILE: &[Operation] = &[
    op("sendfile from it", With(READ), |s| gives(call(SYS_sendfile, args![s.partner("pipe out"), s.fd(), 0, 1]), 1)),
    op("sendfile from it, at an offset", With(PREAD), |s| {
        gives(call(SYS_sendfile, args![s.partner("pipe out"), s.fd(), &mut [0_i64], 1]), 1)
    }),
    op("sendfile from it to a held one", Never, |s| {
        gives(call(SYS_sendfile, args![s.partner("pipe out held"), s.fd(), 0, 1]), 1)
    }),
    op("copy_file_range from it", With(READ), |s| {
        gives(call(SYS_copy_file_range, args![s.fd(), 0, s.partner("file out"), 0, 1, 0]), 1)
    }),
    op("copy_file_range from it, at an offset", With(PREAD), |s| {
        gives(call(SYS_copy_file_range, args![s.fd(), &mut [0_i64], s.partner("file out"), 0, 1, 0]), 1)
    }),
    op("copy_file_range from it to an offset", With(READ), |s| {
        gives(call(SYS_copy_file_range, args![s.fd(), 0, s.partner("file pout"), &mut [0_i64], 1, 0]), 1)
    }),
    op("copy_file_range from it to an offset, without seek there", Never, |s| {
        gives(call(SYS_copy_file_range, args![s.fd(), 0, s.partner("file out"), &mut [0_i64], 1, 0]), 1)
    }),
    op("copy_file_range from an offset to an offset", With(PREAD), |s| {
        let to = s.partner("file pout");
        gives(call(SYS_copy_file_range, args![s.fd(), &mut [0_i64], to, &mut [0_i64], 1, 0]), 1)
    }),
    op("copy_file_range from it to a held one", Never, |s| {
        gives(call(SYS_copy_file_range, args![s.fd(), 0, s.partner("file held"), 0, 1, 0]), 1)
    }),
    op("splice from it, at an offset", With(PREAD), |s| {
        gives(call(SYS_splice, args![s.fd(), &mut [0_i64], s.partner("pipe out"), 0, 1, 0]), 1)
    }),
];

/// From a file, pipe or socket to a pipe.
pub(crate) const TO_PIPE: &[Operation] = &[
    op("splice from it", With(READ), |s| gives(call(SYS_splice, args![s.fd(), 0, s.partner("pipe out"), 0, 1, 0]), 1)),
    op("splice from it to a held one", Never, |s| {
        gives(call(SYS_splice, args![s.fd(), 0, s.partner("pipe out held"), 0, 1, 0]), 1)
    }),
];

/// To a file.
pub(crate) const TO_FILE: &[Operation] = &[
    op("copy_file_range to it", With(WRITE), |s| {
        gives(call(SYS_copy_file_range, args![s.partner("file in"), 0, s.fd(), 0, 1, 0]), 1)
    }),
    op("copy_file_range to it, at an offset", With(PWRITE), |s| {
        gives(call(SYS_copy_file_range, args![s.partner("file in"), 0, s.fd(), &mut [9_i64], 1, 0]), 1)
    }),
    op("copy_file_range to it from an offset", With(WRITE), |s| {
        gives(call(SYS_copy_file_range, args![s.partner("file pin"), &mut [0_i64], s.fd(), 0, 1, 0]), 1)
    }),
    op("copy_file_range to it from an offset, without seek there", Never, |s| {
        gives(call(SYS_copy_file_range, args![s.partner("file in"), &mut [0_i64], s.fd(), 0, 1, 0]), 1)
    }),
    op("copy_file_range to it from a held one", Never, |s| {
        gives(call(SYS_copy_file_range, args![s.partner("file held"), 0, s.fd(), 0, 1, 0]), 1)
    }),
    op("splice to it, at an offset", With(PWRITE), |s| {
        gives(call(SYS_splice, args![s.partner("pipe in"), 0, s.fd(), &mut [9_i64], 1, 0]), 1)
    }),
];

/// To a file, pipe or socket.
pub(crate) const TO_STREAM: &[Operation] = &[
    op("splice to it", With(WRITE), |s| gives(call(SYS_splice, args![s.partner("pipe in"), 0, s.fd(), 0, 1, 0]), 1)),
    op("splice to it from a held one", Never, |s| {
        gives(call(SYS_splice, args![s.partner("pipe in held"), 0, s.fd(), 0, 1, 0]), 1)
    }),
    op("sendfile to it", With(WRITE), |s| gives(call(SYS_sendfile, args![s.fd(), s.partner("file in"), 0, 1]), 1)),
    op("sendfile to it from an offset", With(WRITE), |s| {
        gives(call(SYS_sendfile, args![s.fd(), s.partner("file pin"), &mut [0_i64], 1]), 1)
    }),
    op("sendfile to it from an offset, without seek there", Never, |s| {
        gives(call(SYS_sendfile, args![s.fd(), s.partner("file in"), &mut [0_i64], 1]), 1)
    }),
    op("sendfile to it from a held one", Never, |s| {
        gives(call(SYS_sendfile, args![s.fd(), s.partner("file held"), 0, 1]), 1)
    }),
];

/// Between pipes.
pub(crate) const TEE_FROM: &[Operation] =
    &[op("tee from it", Never, |s| gives(call(SYS_tee, args![s.fd(), s.partner("pipe out"), 1, 0]), 1))];

/// Between pipes.
pub(crate) const TEE_TO: &[Operation] =
    &[op("tee to it", Never, |s| gives(call(SYS_tee, args![s.partner("pipe in"), s.fd(), 1, 0]), 1))];
