//! Writing, with and without a position. Every write is of one byte.

use std::io::{IoSlice, Write as _};

use rustix::net::{SendAncillaryBuffer, SendFlags};
use sandbox_rt::Rights;

use crate::operation::Permitted::With;
use crate::operation::{Operation, absent, comes_through, op, rustix, std};
use crate::sys;

const WRITE: &[Rights] = &[Rights::WRITE];
const PWRITE: &[Rights] = &[Rights::PWRITE];

/// What works on everything that can be written.
pub(crate) const STREAM: &[Operation] = &[
    op("write", With(WRITE), |s| rustix(rustix::io::write(s.file, b"w").inspect(|written| assert_eq!(*written, 1)))),
    op("std's write", With(WRITE), |s| {
        let mut file = s.file;
        std(file.write(b"w").inspect(|written| assert_eq!(*written, 1)))
    }),
    op("writev", With(WRITE), |s| rustix(rustix::io::writev(s.file, &[IoSlice::new(b"w")]))),
];

/// What needs a file with positions.
pub(crate) const POSITIONED: &[Operation] = &[
    op("pwrite", With(PWRITE), |s| rustix(rustix::io::pwrite(s.file, b"w", 3))),
    op("pwritev", With(PWRITE), |s| rustix(rustix::io::pwritev(s.file, &[IoSlice::new(b"w")], 3))),
    op("copy_file_range to it", With(WRITE), |s| {
        sys::copy_file_range(s.other(), s.fd()).map(|_| ())?;
        rustix(rustix::fs::seek(s.other, rustix::fs::SeekFrom::Start(0)))
    }),
    op("posix_fallocate", With(PWRITE), |s| comes_through(sys::fallocate(s.fd()))),
    op("fsync", With(&[Rights::FSYNC]), |s| rustix(rustix::fs::fsync(s.file))),
    op("fdatasync", With(&[Rights::FSYNC]), |s| rustix(rustix::fs::fdatasync(s.file))),
    op("ftruncate", With(&[Rights::FTRUNCATE]), |s| rustix(rustix::fs::ftruncate(s.file, 4096))),
];

/// What works on sockets with a peer only.
pub(crate) const SOCKET: &[Operation] = &[
    op("send", With(WRITE), |s| rustix(rustix::net::send(s.file, b"w", SendFlags::NOSIGNAL))),
    op("sendmsg", With(WRITE), |s| {
        let mut control = SendAncillaryBuffer::default();
        rustix(rustix::net::sendmsg(s.file, &[IoSlice::new(b"w")], &mut control, SendFlags::NOSIGNAL))
    }),
    op("sendfile to it", With(WRITE), |s| comes_through(sys::sendfile(s.other(), s.fd()))),
    absent("sendto an address", |s| comes_through(sys::send_to_nowhere(s.file))),
    absent("connect", |s| comes_through(sys::answer(rustix::net::connect(s.file, &sys::nowhere())))),
    absent("bind", |s| comes_through(sys::answer(rustix::net::bind(s.file, &sys::nowhere())))),
];
