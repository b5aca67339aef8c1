//! What stands before a member's data (RFC 1952, section 2.3).

use std::io::Read;

use flate2::Crc;

use crate::listing::{NAME_MAX, StoredName};
use crate::report::Trouble;
use crate::source::Source;

/// The first two bytes of a member.
pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What gzip before 1.0 wrote there.
pub(crate) const OLD_MAGIC: [u8; 2] = [0x1f, 0x9e];

/// The only compression method there is.
const DEFLATE: u8 = 8;

/// The operating system field: Unix.
const UNIX: u8 = 3;

const HEADER_CRC: u8 = 0x02;
const EXTRA: u8 = 0x04;
const NAME: u8 = 0x08;
const COMMENT: u8 = 0x10;
const ENCRYPTED: u8 = 0x20;
const RESERVED: u8 = 0xc0;

/// What a header says.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// Seconds since 1970; 0 is none.
    pub(crate) mtime: u32,
    /// The length of the extra field, if there is one.
    pub(crate) extra: Option<u16>,
    /// The name that the file had.
    pub(crate) name: StoredName,
}

/// Reads the rest of a header whose magic bytes have been taken.
pub(crate) fn read<R: Read>(source: &mut Source<R>, magic: [u8; 2]) -> Result<Header, Trouble> {
    let mut reader = Summing { source, crc: Crc::new() };
    reader.crc.update(&magic);
    let [method] = reader.bytes()?;
    if method != DEFLATE {
        return Err(Trouble::Method(method));
    }
    let [flags] = reader.bytes()?;
    if flags & ENCRYPTED != 0 {
        return Err(Trouble::Encrypted);
    }
    if flags & RESERVED != 0 {
        return Err(Trouble::Flags(flags));
    }
    let mut header = Header { mtime: u32::from_le_bytes(reader.bytes()?), ..Header::default() };
    // The compressor's remark and the operating system: nothing depends on them.
    let [_, _] = reader.bytes()?;
    if flags & EXTRA != 0 {
        let length = u16::from_le_bytes(reader.bytes()?);
        for _ in 0..length {
            let [_] = reader.bytes()?;
        }
        header.extra = Some(length);
    }
    if flags & NAME != 0 {
        header.name = reader.name()?;
    }
    if flags & COMMENT != 0 {
        while reader.bytes()? != [0] {}
    }
    if flags & HEADER_CRC != 0 {
        // The format keeps the low half.
        let [one, two, ..] = reader.crc.sum().to_le_bytes();
        let computed = u16::from_le_bytes([one, two]);
        let stored = u16::from_le_bytes(reader.bytes()?);
        if stored != computed {
            return Err(Trouble::HeaderCheck { stored, computed });
        }
    }
    Ok(header)
}

/// The header of a new member.
pub(crate) fn write(level: u32, mtime: u32, name: &[u8]) -> Vec<u8> {
    let flags = if name.is_empty() { 0 } else { NAME };
    let remark = match level {
        1 => 4,
        9 => 2,
        _ => 0,
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend([DEFLATE, flags]);
    bytes.extend(mtime.to_le_bytes());
    bytes.extend([remark, UNIX]);
    if !name.is_empty() {
        bytes.extend(name);
        bytes.push(0);
    }
    bytes
}

/// A source whose bytes are summed as they are taken.
struct Summing<'a, R> {
    source: &'a mut Source<R>,
    crc: Crc,
}

impl<R: Read> Summing<'_, R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Trouble> {
        let bytes = self.source.bytes()?;
        self.crc.update(&bytes);
        Ok(bytes)
    }

    /// A string that ends with a zero byte; what is too long for a name is read and not kept.
    fn name(&mut self) -> Result<StoredName, Trouble> {
        let mut name = Vec::new();
        loop {
            match self.bytes()? {
                [0] if name.len() > NAME_MAX => return Ok(StoredName::TooLong),
                [0] => return Ok(StoredName::Present(name)),
                byte if name.len() <= NAME_MAX => name.extend(byte),
                [_] => {}
            }
        }
    }
}
