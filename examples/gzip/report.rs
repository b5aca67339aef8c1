//! What became of one job: for the worker itself, which says it.

use std::io;

use crate::listing::Listing;

/// What went wrong with the data, or with reading and writing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The first bytes are not a gzip file's.
    NotGzip,
    /// The file ends inside a member.
    UnexpectedEnd,
    /// The compressed bits mean nothing.
    Format,
    /// What came out is not what the trailer says.
    Check { crc: bool, length: bool },
    /// The header's own checksum is wrong.
    HeaderCheck { stored: u16, computed: u16 },
    /// Another compression method than deflate.
    Method(u8),
    /// Flag bits of an encrypted member.
    Encrypted,
    /// Flag bits that no version of the format defines.
    Flags(u8),
    /// Reading failed with this errno.
    Read(i32),
    /// Writing failed with this errno.
    Write(i32),
}

impl Trouble {
    /// The trouble behind a failed read.
    pub(crate) fn read(error: &io::Error) -> Self {
        Self::Read(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// The trouble behind a failed write.
    pub(crate) fn write(error: &io::Error) -> Self {
        Self::Write(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

/// What follows the last member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trailing {
    /// Nothing: the file ends there.
    #[default]
    Nothing,
    /// Zero bytes, as tapes pad.
    Zeros,
    /// Something that is no member.
    Garbage,
}

/// The outcome of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Why it failed, if it did.
    pub(crate) trouble: Option<Trouble>,
    /// Bytes of the first member's extra field, if it has one.
    pub(crate) extra: Option<u16>,
    /// What follows the last member.
    pub(crate) trailing: Trailing,
    /// Sizes, and what the first header says. There is no framing as long as no header was understood.
    pub(crate) listing: Listing,
}
