//! Standard streams and terminals. Pipes need nothing beyond reading and writing.

use std::fs::File;
use std::io::{self, IsTerminal as _, Stderr, Stdin, Stdout};

use super::{Cap, operations};
use crate::{Grants, right};

operations! {
    Stdin {
        /// Whether it is a terminal.
        fn is_terminal(&self) -> bool where [Grants<right::isatty>];
        /// Reads a line.
        fn read_line(&self, line: &mut String) -> io::Result<usize> where [Grants<right::read>];
    }
    Stdout {
        /// Whether it is a terminal.
        fn is_terminal(&self) -> bool where [Grants<right::isatty>];
    }
    Stderr {
        /// Whether it is a terminal.
        fn is_terminal(&self) -> bool where [Grants<right::isatty>];
    }
    File {
        /// Whether it is a terminal.
        fn is_terminal(&self) -> bool where [Grants<right::isatty>];
    }
}
