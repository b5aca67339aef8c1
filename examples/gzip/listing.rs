//! What a file says of itself: the answer that `-l` and `-N` get from a worker, and the bytes in which it comes.
//!
//! The worker has parsed whatever stood in the file, so the program believes none of it: every length is checked,
//! an unknown number is no answer at all, and the stored name is cut down to a plain file name.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// The longest stored name that is passed on: what a Linux or FreeBSD directory can hold.
pub(crate) const NAME_MAX: usize = 255;

/// Bytes of a listing without the name.
const FIXED: usize = 34;

/// The longest listing.
pub(crate) const LISTING_MAX: usize = FIXED + NAME_MAX;

/// First bytes of every listing.
const MAGIC: &[u8; 4] = b"gzl1";

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

/// A file's sizes, and what its first header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
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
    /// The first member's name.
    pub(crate) name: StoredName,
}

impl Listing {
    /// The listing as bytes: fixed places, little endian, the name last.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (name_kind, name_length, name): (u8, u8, &[u8]) = match &self.name {
            StoredName::Absent => (0, 0, &[]),
            StoredName::Present(name) => match u8::try_from(name.len()) {
                Ok(length) => (1, length, name),
                Err(_) => (2, 0, &[]),
            },
            StoredName::TooLong => (2, 0, &[]),
        };
        let mut bytes = Vec::with_capacity(LISTING_MAX);
        bytes.extend(MAGIC);
        bytes.extend(self.read.to_le_bytes());
        bytes.extend(self.written.to_le_bytes());
        bytes.extend(self.framing.to_le_bytes());
        bytes.extend(self.crc.to_le_bytes());
        bytes.extend(self.mtime.to_le_bytes());
        bytes.extend([name_kind, name_length]);
        bytes.extend(name);
        bytes
    }

    /// The listing that the bytes hold, or `None` where they hold none.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        (take(&mut rest)? == *MAGIC).then_some(())?;
        let read = u64::from_le_bytes(take(&mut rest)?);
        let written = u64::from_le_bytes(take(&mut rest)?);
        let framing = u32::from_le_bytes(take(&mut rest)?);
        let crc = u32::from_le_bytes(take(&mut rest)?);
        let mtime = u32::from_le_bytes(take(&mut rest)?);
        let [name_kind, name_length] = take(&mut rest)?;
        (rest.len() == usize::from(name_length)).then_some(())?;
        let name = match name_kind {
            0 => StoredName::Absent,
            1 => StoredName::Present(rest.to_vec()),
            2 => StoredName::TooLong,
            3.. => return None,
        };
        Some(Self { read, written, framing, crc, mtime, name })
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

    fn example() -> Listing {
        let name = StoredName::Present(b"name".to_vec());
        Listing { read: 1 << 40, written: 7, framing: 20, crc: 0xdead_beef, mtime: 1_000_000_000, name }
    }

    #[test]
    fn a_listing_survives_the_pipe() {
        for name in [StoredName::Absent, StoredName::TooLong, StoredName::Present(vec![b'x'; NAME_MAX])] {
            let listing = Listing { name, ..example() };
            assert_eq!(Listing::decode(&listing.encode()), Some(listing));
        }
        assert_eq!(Listing::decode(&Listing::default().encode()), Some(Listing::default()));
    }

    #[test]
    fn the_fixed_part_is_as_long_as_it_says() {
        assert_eq!(Listing::default().encode().len(), FIXED);
    }

    #[test]
    fn every_wrong_length_is_refused() {
        let bytes = example().encode();
        for length in 0..bytes.len() {
            assert_eq!(Listing::decode(&bytes[..length]), None, "{length} bytes");
        }
        assert_eq!(Listing::decode(&[&bytes[..], b"x"].concat()), None);
    }

    #[test]
    fn unknown_numbers_are_refused() {
        for place in [0, FIXED - 2] {
            let mut bytes = example().encode();
            bytes[place] = 99;
            assert_eq!(Listing::decode(&bytes), None, "byte {place}");
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
