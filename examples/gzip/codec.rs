//! The data: from bytes to members and back. Reads one stream, writes another, touches nothing else.

use std::io::{Read, Write};

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::header::{self, Header, MAGIC, OLD_MAGIC};
use crate::listing::Listing;
use crate::report::{Report, Trailing, Trouble};
use crate::source::{CHUNK, Source};

/// Bytes of a member's trailer: its checksum and its length.
const TRAILER: u32 = 8;

/// Compresses all of `input` into one member.
pub(crate) fn compress(input: impl Read, out: &mut impl Write, level: u32, mtime: u32, name: &[u8]) -> Report {
    let mut source = Source::new(input);
    let mut report = Report::default();
    let header = header::write(level, mtime, name);
    report.trouble = deflate(&mut source, out, level, &header, &mut report).err();
    report.listing.read = source.taken();
    report
}

fn deflate<R: Read>(
    source: &mut Source<R>,
    out: &mut impl Write,
    level: u32,
    header: &[u8],
    report: &mut Report,
) -> Result<(), Trouble> {
    // What cannot be read is not begun.
    source.chunk()?;
    put(out, header, report)?;
    report.listing.framing = framing(header.len() as u64);
    let mut deflate = Compress::new(Compression::new(level), false);
    let mut buffer = vec![0; CHUNK];
    let mut crc = Crc::new();
    loop {
        let chunk = source.chunk()?;
        let flush = if chunk.is_empty() { FlushCompress::Finish } else { FlushCompress::None };
        let (before_in, before_out) = (deflate.total_in(), deflate.total_out());
        let status = deflate.compress(chunk, &mut buffer, flush).map_err(|_| Trouble::Format)?;
        let taken = span(before_in, deflate.total_in());
        crc.update(&chunk[..taken]);
        source.take(taken);
        put(out, &buffer[..span(before_out, deflate.total_out())], report)?;
        match status {
            Status::Ok | Status::BufError => {}
            Status::StreamEnd => break,
        }
    }
    report.listing.crc = crc.sum();
    put(out, &crc.sum().to_le_bytes(), report)?;
    put(out, &crc.amount().to_le_bytes(), report)
}

/// Decompresses every member of `input`. With `pass`, what is not in gzip format is passed on as it is.
pub(crate) fn decompress(input: impl Read, out: &mut impl Write, pass: bool) -> Report {
    let mut source = Source::new(input);
    let mut report = Report::default();
    report.trouble = members(&mut source, out, pass, &mut report).err();
    report.listing.read = source.taken();
    report
}

fn members<R: Read>(
    source: &mut Source<R>,
    out: &mut impl Write,
    pass: bool,
    report: &mut Report,
) -> Result<(), Trouble> {
    let mut inflate = Decompress::new(false);
    let mut buffer = vec![0; CHUNK];
    let mut first = true;
    while let Some(magic) = magic(source, first, pass)? {
        let (MAGIC | OLD_MAGIC) = magic.bytes else {
            return if pass {
                put(out, &magic.bytes[..magic.length], report)?;
                copy(source, out, report)
            } else if first {
                Err(Trouble::NotGzip)
            } else {
                report.trailing = trailing(source, &magic)?;
                Ok(())
            };
        };
        let header = header::read(source, magic.bytes)?;
        if first {
            report.listing.framing = framing(source.taken());
            let Header { mtime, extra, name } = header;
            report.extra = extra;
            (report.listing.mtime, report.listing.name) = (mtime, name);
        }
        inflate.reset(false);
        member(source, out, &mut inflate, &mut buffer, report)?;
        first = false;
    }
    Ok(())
}

/// Reads the first member's header and nothing after it. Only the name and the time are kept.
pub(crate) fn first_header(input: impl Read) -> Report {
    let mut source = Source::new(input);
    let header = match magic(&mut source, true, false) {
        Ok(Some(Magic { bytes: bytes @ (MAGIC | OLD_MAGIC), .. })) => header::read(&mut source, bytes),
        Ok(_) => Err(Trouble::NotGzip),
        Err(trouble) => Err(trouble),
    };
    match header {
        Ok(Header { mtime, name, extra: _ }) => {
            Report { listing: Listing { mtime, name, ..Listing::default() }, ..Report::default() }
        }
        Err(trouble) => Report { trouble: Some(trouble), ..Report::default() },
    }
}

/// The two bytes with which a member should begin, or the only one there is.
struct Magic {
    bytes: [u8; 2],
    length: usize,
}

/// Takes the next two bytes; `None` where the stream ends after a member, or, with `pass`, has nothing at all.
///
/// As in GNU gzip a lone zero byte may be padding; any other lone byte is a member that was cut off.
fn magic<R: Read>(source: &mut Source<R>, first: bool, pass: bool) -> Result<Option<Magic>, Trouble> {
    let Some(one) = source.byte()? else {
        return if first && !pass { Err(Trouble::UnexpectedEnd) } else { Ok(None) };
    };
    match source.byte()? {
        Some(two) => Ok(Some(Magic { bytes: [one, two], length: 2 })),
        None if pass || one == 0 => Ok(Some(Magic { bytes: [one, 0], length: 1 })),
        None => Err(Trouble::UnexpectedEnd),
    }
}

/// One member's data and trailer.
fn member<R: Read>(
    source: &mut Source<R>,
    out: &mut impl Write,
    inflate: &mut Decompress,
    buffer: &mut [u8],
    report: &mut Report,
) -> Result<(), Trouble> {
    let mut crc = Crc::new();
    loop {
        let chunk = source.chunk()?;
        let ended = chunk.is_empty();
        let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(chunk, buffer, FlushDecompress::None).map_err(|_| Trouble::Format)?;
        source.take(span(before_in, inflate.total_in()));
        let piece = &buffer[..span(before_out, inflate.total_out())];
        crc.update(piece);
        put(out, piece, report)?;
        match status {
            Status::StreamEnd => break,
            Status::Ok | Status::BufError if ended && piece.is_empty() => {
                return Err(Trouble::UnexpectedEnd);
            }
            Status::Ok | Status::BufError => {}
        }
    }
    let stored = u32::from_le_bytes(source.bytes()?);
    let length = u32::from_le_bytes(source.bytes()?);
    report.listing.crc = stored;
    let (crc, length) = (stored != crc.sum(), length != crc.amount());
    if crc || length { Err(Trouble::Check { crc, length }) } else { Ok(()) }
}

/// What follows the last member, given its first two bytes. Reads on only as long as it is zeros.
fn trailing<R: Read>(source: &mut Source<R>, magic: &Magic) -> Result<Trailing, Trouble> {
    if magic.bytes != [0, 0] {
        return Ok(Trailing::Garbage);
    }
    loop {
        match source.byte()? {
            None => return Ok(Trailing::Zeros),
            Some(0) => {}
            Some(1..) => return Ok(Trailing::Garbage),
        }
    }
}

/// Passes on the rest as it is.
fn copy<R: Read>(source: &mut Source<R>, out: &mut impl Write, report: &mut Report) -> Result<(), Trouble> {
    loop {
        let chunk = source.chunk()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let length = chunk.len();
        put(out, chunk, report)?;
        source.take(length);
    }
}

/// Writes all of `bytes`, and counts them.
fn put(out: &mut impl Write, bytes: &[u8], report: &mut Report) -> Result<(), Trouble> {
    out.write_all(bytes).map_err(|error| Trouble::write(&error))?;
    report.listing.written += bytes.len() as u64;
    Ok(())
}

/// Bytes of a member that are not data, given its header's.
fn framing(header: u64) -> u32 {
    u32::try_from(header).unwrap_or(u32::MAX).saturating_add(TRAILER)
}

/// How far a 64-bit count went within one buffer.
fn span(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(CHUNK)
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
