//! The measured process with filters made by libseccomp.

use std::io;

use sandbox_benchmarks::{measured, ours};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args();
    // The program's name, and the word that it is measured.
    arguments.nth(1);
    measured::main(arguments, &[ours::SECOND_ENGINE])
}
