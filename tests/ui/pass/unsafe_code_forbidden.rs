//! A crate that forbids unsafe code may use all of the macros: the section of the policy's note is no concern of its lint.

#![forbid(unsafe_code)]
#![deny(warnings)]

use std::fs::File;

use sandbox_rt::{Error, enter, open, sandboxed, try_enter};

#[sandboxed(fds(input = read, out = open("/dev/null") => write))]
fn generic<T: Copy>(input: File, with: T) -> std::io::Result<T> {
    drop((input, out));
    Ok(with)
}

fn statements(input: File) -> Result<(), Error> {
    enter!(fds(input = read + ioctl(0x5413), stdout = write));
    try_enter!(fds(input = hold))
}

macro_rules! of_their_own {
    ($name:ident) => {
        #[sandboxed(fds(stdout = write))]
        fn $name() {}
    };
}
of_their_own!(written_by_a_macro);

fn main() {
    let _ = (generic::<u8>, statements, written_by_a_macro as fn());
}
