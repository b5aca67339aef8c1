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

// The bounds are written in the table, so that a message shows the method's line and not the macro.
macro_rules! twins {
    ($($bound:ident {
        $($(#[$about:meta])* fn $name:ident(&mut self $(, $argument:ident: $ty:ty)*) -> $output:ty where [$($grants:tt)+];)*
    })*) => {
        $(impl<T: $bound, P> Cap<T, P> {
            $(
                $(#[$about])*
                ///
                /// # Errors
                ///
                /// As the method of the same name in std.
                pub fn $name(&mut self $(, $argument: $ty)*) -> $output
                where
                    P: $($grants)+,
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
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> where [Grants<right::read>];
        /// Reads some bytes into several buffers.
        fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> where [Grants<right::read>];
        /// Reads all there is.
        fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> where [Grants<right::read>];
        /// Reads all there is as UTF-8.
        fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> where [Grants<right::read>];
        /// Reads exactly as much as fits.
        fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> where [Grants<right::read>];
    }
    Write {
        /// Writes some bytes.
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> where [Grants<right::write>];
        /// Writes some bytes from several buffers.
        fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> where [Grants<right::write>];
        /// Writes what is buffered.
        fn flush(&mut self) -> io::Result<()> where [Grants<right::write>];
        /// Writes all bytes.
        fn write_all(&mut self, buf: &[u8]) -> io::Result<()> where [Grants<right::write>];
        /// Writes formatted text; `write!` calls it.
        fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> where [Grants<right::write>];
    }
    Seek {
        /// Sets the position.
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> where [Grants<right::seek>];
        /// Sets the position to the beginning.
        fn rewind(&mut self) -> io::Result<()> where [Grants<right::seek>];
        /// Moves the position.
        fn seek_relative(&mut self, offset: i64) -> io::Result<()> where [Grants<right::seek>];
        /// Asks for the position.
        fn stream_position(&mut self) -> io::Result<u64> where [Grants<right::seek_tell>];
    }
}
