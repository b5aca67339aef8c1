//! Standard streams and terminals. Pipes need nothing beyond reading and writing.

use std::fs::File;
use std::io::{self, IsTerminal as _, Stderr, Stdin, Stdout};

use super::{Cap, operations};

operations! {
    Stdin {
        /// Whether it is a terminal.
        isatty => fn is_terminal(&self) -> bool;
        /// Reads a line.
        read => fn read_line(&self, line: &mut String) -> io::Result<usize>;
    }
    Stdout {
        /// Whether it is a terminal.
        isatty => fn is_terminal(&self) -> bool;
    }
    Stderr {
        /// Whether it is a terminal.
        isatty => fn is_terminal(&self) -> bool;
    }
    File {
        /// Whether it is a terminal.
        isatty => fn is_terminal(&self) -> bool;
    }
}
