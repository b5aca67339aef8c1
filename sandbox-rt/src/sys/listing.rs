//! The names in a directory, where the system's library asks for nothing but reading it.

use std::io;
use std::os::fd::OwnedFd;

/// The names in a directory, `.` and `..` among them.
#[derive(Debug)]
pub(crate) struct Listing(rustix::fs::Dir);

impl Listing {
    pub(crate) fn new(directory: OwnedFd) -> io::Result<Self> {
        Ok(Self(rustix::fs::Dir::new(directory)?))
    }
}

impl Iterator for Listing {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.0.next()?;
        Some(entry.map(|entry| entry.file_name().to_bytes().to_vec()).map_err(io::Error::from))
    }
}
