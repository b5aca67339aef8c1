//! Writing, with and without a position. Every write is of one byte.

use std::io::{IoSlice, Write as _};

use rustix::fs::SeekFrom;
use rustix::net::{SendAncillaryBuffer, SendFlags};
use sandbox_rt::Rights;

use crate::conformance::Operation;
use crate::conformance::Permitted::{Never, With};
use crate::conformance::operation::{comes_through, differ, errno, gives, op, rustix, std};
use crate::sys::functions;

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
        gives(functions::copy_file_range(s.other(), s.fd()), 1)?;
        rustix(rustix::fs::seek(s.other, SeekFrom::Start(0)))
    }),
    op("posix_fallocate", With(PWRITE), |s| comes_through(functions::fallocate(s.fd()))),
    op("fsync", With(&[Rights::FSYNC]), |s| rustix(rustix::fs::fsync(s.file))),
    op("fdatasync", With(&[Rights::FSYNC]), |s| rustix(rustix::fs::fdatasync(s.file))),
    op("ftruncate", With(&[Rights::FTRUNCATE]), |s| rustix(rustix::fs::ftruncate(s.file, 4096))),
    op("std's set_len", With(&[Rights::FTRUNCATE]), |s| std(s.file.set_len(4096))),
];

/// What works on sockets with a peer only.
pub(crate) const SOCKET: &[Operation] = &[
    op("send", With(WRITE), |s| rustix(rustix::net::send(s.file, b"w", SendFlags::NOSIGNAL))),
    differ(
        "sendmsg",
        Never,
        With(WRITE),
        "an address and descriptors are in memory, where a filter cannot see them; FreeBSD refuses the address, and \
         descriptors that are passed keep their rights",
        |s| {
            let mut control = SendAncillaryBuffer::default();
            rustix(rustix::net::sendmsg(s.file, &[IoSlice::new(b"w")], &mut control, SendFlags::NOSIGNAL))
        },
    ),
];

/// What works on connected internet sockets.
pub(crate) const ADDRESSED: &[Operation] = &[
    op("sendto an address", Never, |s| comes_through(functions::send_to_nowhere(s.file))),
    op("connect", Never, |s| comes_through(rustix::net::connect(s.file, &functions::nowhere()).map_err(errno))),
    op("bind", Never, |s| comes_through(rustix::net::bind(s.file, &functions::nowhere()).map_err(errno))),
];

/// What works on streams: one byte of a file.
pub(crate) const SENDFILE: &[Operation] =
    &[op("sendfile to it", With(WRITE), |s| comes_through(functions::sendfile(s.other(), s.fd())))];
