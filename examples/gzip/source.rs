//! Compressed bytes as they are read: by the chunk for the data, one by one for the headers.

use std::io::{BufRead as _, BufReader, ErrorKind, Read};

use crate::report::Trouble;

/// Bytes asked for at a time. Large enough that the calls do not count, small enough that memory does not either.
pub(crate) const CHUNK: usize = 64 * 1024;

/// A counting reader.
#[derive(Debug)]
pub(crate) struct Source<R> {
    reader: BufReader<R>,
    taken: u64,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(CHUNK, reader), taken: 0 }
    }

    /// Bytes taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// What has been read and not been taken; empty only at the end.
    pub(crate) fn chunk(&mut self) -> Result<&[u8], Trouble> {
        // Asked for twice, because a borrow that may be returned cannot live through the loop.
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::read(&error)),
            }
        }
        Ok(self.reader.buffer())
    }

    /// Takes the first bytes of the chunk.
    pub(crate) fn take(&mut self, count: usize) {
        self.reader.consume(count);
        self.taken += count as u64;
    }

    /// The next byte, or `None` at the end.
    pub(crate) fn byte(&mut self) -> Result<Option<u8>, Trouble> {
        let first = self.chunk()?.first().copied();
        if first.is_some() {
            self.take(1);
        }
        Ok(first)
    }

    /// The next bytes, all of which must be there.
    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Trouble> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?.ok_or(Trouble::UnexpectedEnd)?;
        }
        Ok(bytes)
    }
}
