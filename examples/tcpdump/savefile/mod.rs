//! Capture files: pcap and pcapng, read and written.

mod buffer;
mod pcap;
mod pcapng;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use read::Reader;
pub(crate) use write::{Format, Writer};
