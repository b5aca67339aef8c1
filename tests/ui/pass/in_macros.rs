#![allow(dead_code)]

use std::fs::File;
use std::io;

use sandbox_rt::{open, sandboxed};

macro_rules! joined {
    ($name:ident, $parameter:ident: $ty:ty, $($right:ident)|+) => {
        #[sandboxed(fds($parameter = $($right +)+, stdout = write))]
        fn $name($parameter: $ty) -> io::Result<()> {
            Ok(())
        }
    };
}

joined!(f, file: Option<File>, read | seek);

macro_rules! fragments {
    ($name:ident, $rights:expr, $file:expr, $value:literal) => {
        #[sandboxed(fds(file = $file => $rights, let number = $value))]
        fn $name() -> io::Result<u8> {
            drop(file);
            Ok(number)
        }
    };
}

fragments!(g, read + seek, File::open("x")?, 3);
fragments!(h, read, open("x"), 3);

macro_rules! whole {
    ($($declaration:tt)*) => {
        #[sandboxed($($declaration)*)]
        fn i(file: File) {}
    };
}

whole!(fds(file = read + fstat), allow(threads));

fn main() {}
