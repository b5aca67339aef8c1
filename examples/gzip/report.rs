//! What a worker tells about its work, and the bytes in which it says so.
//!
//! The worker has parsed whatever stood in the file, so the program believes none of it: every length is checked,
//! an unknown number is no report at all, and the stored name is cut down to a plain file name.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt as _;

/// The longest stored name that is passed on: what a Linux or FreeBSD directory can hold.
pub(crate) const NAME_MAX: usize = 255;

/// Bytes of a report without the name.
const FIXED: usize = 43;

/// The longest report.
pub(crate) const REPORT_MAX: usize = FIXED + NAME_MAX;

/// First bytes of every report.
const MAGIC: &[u8; 4] = b"gzr1";

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

    fn encode(self) -> (u8, u32) {
        match self {
            Self::NotGzip => (1, 0),
            Self::UnexpectedEnd => (2, 0),
            Self::Format => (3, 0),
            Self::Check { crc, length } => (4, u32::from(crc) | u32::from(length) << 1),
            Self::HeaderCheck { stored, computed } => (5, u32::from(stored) | u32::from(computed) << 16),
            Self::Method(method) => (6, method.into()),
            Self::Encrypted => (7, 0),
            Self::Flags(flags) => (8, flags.into()),
            Self::Read(errno) => (9, errno.cast_unsigned()),
            Self::Write(errno) => (10, errno.cast_unsigned()),
        }
    }

    fn decode(kind: u8, value: u32) -> Option<Self> {
        let [a, b, c, d] = value.to_le_bytes();
        let (low, high) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        Some(match kind {
            1 => Self::NotGzip,
            2 => Self::UnexpectedEnd,
            3 => Self::Format,
            4 => Self::Check { crc: value & 1 != 0, length: value & 2 != 0 },
            5 => Self::HeaderCheck { stored: low, computed: high },
            6 => Self::Method(u8::try_from(value).ok()?),
            7 => Self::Encrypted,
            8 => Self::Flags(u8::try_from(value).ok()?),
            9 => Self::Read(value.cast_signed()),
            10 => Self::Write(value.cast_signed()),
            0 | 11.. => return None,
        })
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

/// The name that the first member was stored under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum StoredName {
    /// None.
    #[default]
    Absent,
    /// The bytes as they stand in the file.
    Present(Vec<u8>),
    /// More than [`NAME_MAX`] bytes.
    TooLong,
}

impl StoredName {
    /// The last component, where there is one that can name a file.
    pub(crate) fn file_name(&self) -> Option<OsString> {
        let Self::Present(bytes) = self else { return None };
        let last = bytes.rsplit(|&byte| byte == b'/').next()?;
        let usable = !matches!(last, b"" | b"." | b"..") && !last.contains(&0);
        usable.then(|| OsString::from_vec(last.to_vec()))
    }
}

/// The outcome of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Why it failed, if it did.
    pub(crate) trouble: Option<Trouble>,
    /// Bytes read.
    pub(crate) read: u64,
    /// Bytes written, of all members.
    pub(crate) written: u64,
    /// Bytes of the first member's header and trailer.
    pub(crate) framing: u32,
    /// The last member's checksum.
    pub(crate) crc: u32,
    /// The first member's time stamp; 0 is none.
    pub(crate) mtime: u32,
    /// Bytes of the first member's extra field, if it has one.
    pub(crate) extra: Option<u16>,
    /// What follows the last member.
    pub(crate) trailing: Trailing,
    /// The first member's name.
    pub(crate) name: StoredName,
}

impl Report {
    /// The report as bytes: fixed places, little endian, the name last.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (kind, value) = self.trouble.map_or((0, 0), Trouble::encode);
        let (name_kind, name_length, name): (u8, u8, &[u8]) = match &self.name {
            StoredName::Absent => (0, 0, &[]),
            StoredName::Present(name) => match u8::try_from(name.len()) {
                Ok(length) => (1, length, name),
                Err(_) => (2, 0, &[]),
            },
            StoredName::TooLong => (2, 0, &[]),
        };
        let trailing: u8 = match self.trailing {
            Trailing::Nothing => 0,
            Trailing::Zeros => 1,
            Trailing::Garbage => 2,
        };
        let mut bytes = Vec::with_capacity(REPORT_MAX);
        bytes.extend(MAGIC);
        bytes.extend([kind, trailing, name_kind, u8::from(self.extra.is_some())]);
        bytes.extend(value.to_le_bytes());
        bytes.extend(self.read.to_le_bytes());
        bytes.extend(self.written.to_le_bytes());
        bytes.extend(self.framing.to_le_bytes());
        bytes.extend(self.crc.to_le_bytes());
        bytes.extend(self.mtime.to_le_bytes());
        bytes.extend(self.extra.unwrap_or(0).to_le_bytes());
        bytes.push(name_length);
        bytes.extend(name);
        bytes
    }

    /// The report that the bytes hold, or `None` where they hold none.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        (take(&mut rest)? == *MAGIC).then_some(())?;
        let [kind, trailing, name_kind, has_extra] = take(&mut rest)?;
        let value = u32::from_le_bytes(take(&mut rest)?);
        let read = u64::from_le_bytes(take(&mut rest)?);
        let written = u64::from_le_bytes(take(&mut rest)?);
        let framing = u32::from_le_bytes(take(&mut rest)?);
        let crc = u32::from_le_bytes(take(&mut rest)?);
        let mtime = u32::from_le_bytes(take(&mut rest)?);
        let extra = u16::from_le_bytes(take(&mut rest)?);
        let [name_length] = take(&mut rest)?;
        (rest.len() == usize::from(name_length)).then_some(())?;
        Some(Self {
            trouble: match kind {
                0 => None,
                1.. => Some(Trouble::decode(kind, value)?),
            },
            read,
            written,
            framing,
            crc,
            mtime,
            extra: match has_extra {
                0 => None,
                1 => Some(extra),
                2.. => return None,
            },
            trailing: match trailing {
                0 => Trailing::Nothing,
                1 => Trailing::Zeros,
                2 => Trailing::Garbage,
                3.. => return None,
            },
            name: match name_kind {
                0 => StoredName::Absent,
                1 => StoredName::Present(rest.to_vec()),
                2 => StoredName::TooLong,
                3.. => return None,
            },
        })
    }
}

/// Takes the next `N` bytes off the front.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Report {
        Report {
            trouble: Some(Trouble::Check { crc: true, length: false }),
            read: 1 << 40,
            written: 7,
            framing: 20,
            crc: 0xdead_beef,
            mtime: 1_000_000_000,
            extra: Some(3),
            trailing: Trailing::Garbage,
            name: StoredName::Present(b"name".to_vec()),
        }
    }

    #[test]
    fn a_report_survives_the_pipe() {
        let troubles = [
            Trouble::NotGzip,
            Trouble::UnexpectedEnd,
            Trouble::Format,
            Trouble::Check { crc: true, length: true },
            Trouble::HeaderCheck { stored: 1, computed: 0xffff },
            Trouble::Method(7),
            Trouble::Encrypted,
            Trouble::Flags(0xc0),
            Trouble::Read(libc::EIO),
            Trouble::Write(libc::ENOSPC),
        ];
        for trouble in troubles.map(Some).into_iter().chain([None]) {
            let report = Report { trouble, ..example() };
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
        assert_eq!(Report::decode(&Report::default().encode()), Some(Report::default()));
    }

    #[test]
    fn the_fixed_part_is_as_long_as_it_says() {
        assert_eq!(Report::default().encode().len(), FIXED);
    }

    #[test]
    fn every_wrong_length_is_refused() {
        let bytes = example().encode();
        for length in 0..bytes.len() {
            assert_eq!(Report::decode(&bytes[..length]), None, "{length} bytes");
        }
        assert_eq!(Report::decode(&[&bytes[..], b"x"].concat()), None);
    }

    #[test]
    fn unknown_numbers_are_refused() {
        for place in [0, 4, 5, 6, 7] {
            let mut bytes = example().encode();
            bytes[place] = 99;
            assert_eq!(Report::decode(&bytes), None, "byte {place}");
        }
    }

    #[test]
    fn a_stored_name_is_one_component_or_nothing() {
        let name = |bytes: &[u8]| StoredName::Present(bytes.to_vec()).file_name();
        assert_eq!(name(b"plain"), Some("plain".into()));
        assert_eq!(name(b"../../etc/passwd"), Some("passwd".into()));
        for refused in [&b""[..], b".", b"..", b"x/", b"/", b"x/..", b"a\0b"] {
            assert_eq!(name(refused), None, "{refused:?}");
        }
    }
}
