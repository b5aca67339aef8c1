//! Reading, with and without a position. Every read asks for one byte.

use std::io::{IoSliceMut, Read as _};

use rustix::fs::SeekFrom;
use rustix::net::{RecvAncillaryBuffer, RecvFlags};
use sandbox_rt::Rights;

use crate::conformance::Operation;
use crate::conformance::Permitted::{Never, With};
use crate::conformance::operation::{differ, gives, op, rustix, std};
use crate::sys::functions;

const READ: &[Rights] = &[Rights::READ];
const PREAD: &[Rights] = &[Rights::PREAD];

/// What works on everything that can be read.
pub(crate) const STREAM: &[Operation] = &[
    op("read", With(READ), |s| rustix(rustix::io::read(s.file, &mut [0; 1]).inspect(|read| assert_eq!(*read, 1)))),
    op("std's read", With(READ), |s| {
        let mut file = s.file;
        std(file.read(&mut [0]).inspect(|read| assert_eq!(*read, 1)))
    }),
    op("readv", With(READ), |s| {
        let mut byte = [0];
        rustix(rustix::io::readv(s.file, &mut [IoSliceMut::new(&mut byte)]).inspect(|read| assert_eq!(*read, 1)))
    }),
];

/// What needs a file with positions.
pub(crate) const POSITIONED: &[Operation] = &[
    op("pread", With(PREAD), |s| rustix(rustix::io::pread(s.file, &mut [0; 1], 3))),
    op("preadv", With(PREAD), |s| {
        let mut byte = [0];
        rustix(rustix::io::preadv(s.file, &mut [IoSliceMut::new(&mut byte)], 3))
    }),
    op("lseek, to ask", With(&[Rights::SEEK_TELL]), |s| rustix(rustix::fs::tell(s.file))),
    differ(
        "lseek",
        With(&[Rights::SEEK]),
        With(&[Rights::SEEK_TELL]),
        "FreeBSD's kernel knows only the whole of `seek`, which `seek_tell` becomes",
        |s| rustix(rustix::fs::seek(s.file, SeekFrom::Start(0)).inspect(|at| assert_eq!(*at, 0))),
    ),
    op("copy_file_range from it", With(READ), |s| {
        gives(functions::copy_file_range(s.fd(), s.other()), 1)?;
        rustix(rustix::fs::seek(s.other, SeekFrom::Start(0)))
    }),
    op("copy_file_range from a position", With(PREAD), |s| {
        gives(functions::copy_file_range_at(s.fd(), s.other()), 1)?;
        rustix(rustix::fs::seek(s.other, SeekFrom::Start(0)))
    }),
];

/// What works on sockets only.
pub(crate) const SOCKET: &[Operation] = &[
    op("recv", With(READ), |s| rustix(rustix::net::recv(s.file, &mut [0; 1], RecvFlags::empty()))),
    op("recv with MSG_PEEK", With(READ), |s| rustix(rustix::net::recv(s.file, &mut [0; 1], RecvFlags::PEEK))),
    op("recvfrom with an address", With(READ), |s| {
        rustix(rustix::net::recvfrom(s.file, &mut [0; 1], RecvFlags::empty()))
    }),
    differ(
        "recvmsg",
        Never,
        With(READ),
        "it brings descriptors: a filter cannot see where they come from and what they are; FreeBSD's have their rights \
         with them",
        |s| {
            let mut byte = [0];
            let mut control = RecvAncillaryBuffer::default();
            rustix(rustix::net::recvmsg(s.file, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::empty()))
        },
    ),
];
