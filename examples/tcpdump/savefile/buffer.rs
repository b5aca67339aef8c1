//! The part of a file that is being parsed. It grows with what was read, never with what a length in the file claims.

use std::io::{ErrorKind, Read};
use std::ops::Range;

use crate::failure::Failure;

/// The longest record that is accepted.
pub(super) const RECORD_MAX: usize = 16 << 20;

const FIRST: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct Buffer<R> {
    source: R,
    bytes: Vec<u8>,
    /// What was read and not taken.
    held: Range<usize>,
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, bytes: vec![0; FIRST], held: 0..0 }
    }

    /// What was read and not taken.
    pub(super) fn held(&self) -> &[u8] {
        &self.bytes[self.held.clone()]
    }

    /// Takes the first bytes.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let start = self.held.start;
        self.held.start += count.min(self.held.len());
        &self.bytes[start..self.held.start]
    }

    /// Reads on. False at the end of the file, and where a record would be longer than is accepted.
    ///
    /// # Errors
    ///
    /// The source's own; its `Interrupted` means that a signal asked for the end.
    pub(super) fn fill(&mut self) -> Result<bool, Failure> {
        if self.held.end == self.bytes.len() {
            if self.held.start > 0 {
                self.bytes.copy_within(self.held.clone(), 0);
                self.held = 0..self.held.len();
            } else if self.bytes.len() < RECORD_MAX {
                self.bytes.resize(self.bytes.len() * 2, 0);
            } else {
                return Ok(false);
            }
        }
        match self.source.read(&mut self.bytes[self.held.end..]) {
            Ok(count) => {
                self.held.end += count;
                Ok(count > 0)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(Failure::Stopped),
            Err(error) => Err(Failure::during("read", &error)),
        }
    }
}
