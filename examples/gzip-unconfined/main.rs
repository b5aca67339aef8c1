//! The compression of `gzip` in this process, without any confinement: what confinement costs is measured against it.
//!
//! `gzip-unconfined -6 -c FILE` writes what `gzip -6 -c FILE` writes.

#![allow(dead_code, reason = "the modules belong to gzip, and only its compression is used here")]

#[path = "../gzip/codec.rs"]
mod codec;
#[path = "../gzip/header.rs"]
mod header;
#[path = "../gzip/listing.rs"]
mod listing;
#[path = "../gzip/report.rs"]
mod report;
#[path = "../gzip/source.rs"]
mod source;

use std::fs::File;
use std::io::{self, Error};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [level, stdout, path] = arguments.as_slice() else { return Err(usage()) };
    let level = level.strip_prefix('-').and_then(|level| level.parse().ok()).ok_or_else(usage)?;
    if stdout != "-c" {
        return Err(usage());
    }
    let mut out = File::from(rustix::io::dup(io::stdout())?);
    codec::compress(File::open(path)?, &mut out, level, 0, path.as_bytes());
    Ok(())
}

fn usage() -> Error {
    Error::other("usage: gzip-unconfined -LEVEL -c FILE")
}
