//! The operations, by what they do. Each kind of descriptor lists those that work on it.

pub(crate) mod attributes;
pub(crate) mod control;
pub(crate) mod entries;
pub(crate) mod mapping;
pub(crate) mod paths;
pub(crate) mod positions;
pub(crate) mod reading;
pub(crate) mod sockets;
pub(crate) mod two;
pub(crate) mod waiting;
pub(crate) mod writing;

/// One buffer for readv and the like. The vector points into it and must not outlive it.
pub(crate) fn vector(buffer: &mut [u8]) -> [libc::iovec; 1] {
    [libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() }]
}

/// The position of a file, as an offset: minus one.
pub(crate) const CURRENT: [i64; 2] = [-1, -1];
