//! Where everything goes: one descriptor that may be written.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::failure::Failure;

const BUFFER: usize = 256 << 10;

/// An output, and what it is called in messages.
#[derive(Debug)]
pub(crate) struct Output {
    file: BufWriter<File>,
    pub(crate) name: String,
}

impl Output {
    pub(crate) fn new(file: File, name: String) -> Self {
        Self { file: BufWriter::with_capacity(BUFFER, file), name }
    }

    /// Writes out what is held back.
    ///
    /// # Errors
    ///
    /// The file's.
    pub(crate) fn send(&mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|error| Failure::writing(&self.name, &error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
