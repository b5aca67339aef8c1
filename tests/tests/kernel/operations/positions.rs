//! The file position. Seeking to the end comes last: nothing can be read there.

use std::io::Seek as _;

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::operation::Permitted::With;
use crate::operation::{Operation, gives, op, std, works};

const TELL: &[Rights] = &[Rights::SEEK_TELL];
const SEEK: &[Rights] = &[Rights::SEEK];

pub(crate) const ALL: &[Operation] = &[
    op("lseek by 0 from SEEK_CUR", With(TELL), |s| works(call(SYS_lseek, args![s.fd(), 0, SEEK_CUR]))),
    op("std's stream_position", With(TELL), |s| {
        let mut file = s.file;
        std(file.stream_position())
    }),
    op("lseek by 1 from SEEK_CUR", With(SEEK), |s| works(call(SYS_lseek, args![s.fd(), 1, SEEK_CUR]))),
    op("lseek to SEEK_SET", With(SEEK), |s| gives(call(SYS_lseek, args![s.fd(), 5, SEEK_SET]), 5)),
    op("lseek to SEEK_DATA", With(SEEK), |s| gives(call(SYS_lseek, args![s.fd(), 4096, SEEK_DATA]), 4096)),
    op("lseek to SEEK_HOLE", With(SEEK), |s| works(call(SYS_lseek, args![s.fd(), 4096, SEEK_HOLE]))),
    op("lseek to SEEK_END", With(SEEK), |s| works(call(SYS_lseek, args![s.fd(), 0, SEEK_END]))),
];
