//! Reading, writing and seeking: std's traits, and inherent methods of the same names. Through the trait alone a missing
//! right would be "method not found"; the inherent method says which right it is.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};

use super::Cap;
use crate::{Grants, right};

impl<T: Read, P: Grants<right::read>> Read for Cap<T, P> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.inner.read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        self.inner.read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        self.inner.read_to_string(buf)
    }

    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(buf)
    }
}

impl<T: Write, P: Grants<right::write>> Write for Cap<T, P> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.write(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.inner.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn write_all(&mut self, buf: &[u8]) -> io::Result<()> {
        self.inner.write_all(buf)
    }

    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        self.inner.write_fmt(arguments)
    }
}

impl<T: Seek, P: Grants<right::seek>> Seek for Cap<T, P> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.inner.rewind()
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        self.inner.stream_position()
    }
}

macro_rules! twins {
    ($($bound:ident { $($(#[$about:meta])* $right:ident => fn $name:ident(&mut self $(, $argument:ident: $ty:ty)*) -> $output:ty;)* })*) => {
        $(impl<T: $bound, P> Cap<T, P> {
            $(
                $(#[$about])*
                ///
                /// # Errors
                ///
                /// As the method of the same name in std.
                pub fn $name(&mut self $(, $argument: $ty)*) -> io::Result<$output>
                where
                    P: Grants<right::$right>,
                {
                    self.inner.$name($($argument),*)
                }
            )*
        })*
    };
}

twins! {
    Read {
        /// Reads some bytes.
        read => fn read(&mut self, buf: &mut [u8]) -> usize;
        /// Reads some bytes into several buffers.
        read => fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> usize;
        /// Reads all there is.
        read => fn read_to_end(&mut self, buf: &mut Vec<u8>) -> usize;
        /// Reads all there is as UTF-8.
        read => fn read_to_string(&mut self, buf: &mut String) -> usize;
        /// Reads exactly as much as fits.
        read => fn read_exact(&mut self, buf: &mut [u8]) -> ();
    }
    Write {
        /// Writes some bytes.
        write => fn write(&mut self, buf: &[u8]) -> usize;
        /// Writes some bytes from several buffers.
        write => fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> usize;
        /// Writes what is buffered.
        write => fn flush(&mut self) -> ();
        /// Writes all bytes.
        write => fn write_all(&mut self, buf: &[u8]) -> ();
        /// Writes formatted text; `write!` calls it.
        write => fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> ();
    }
    Seek {
        /// Sets the position.
        seek => fn seek(&mut self, to: SeekFrom) -> u64;
        /// Sets the position to the beginning.
        seek => fn rewind(&mut self) -> ();
        /// Moves the position.
        seek => fn seek_relative(&mut self, offset: i64) -> ();
        /// Asks for the position.
        seek_tell => fn stream_position(&mut self) -> u64;
    }
}
