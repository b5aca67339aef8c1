//! What becomes of one packet after the other, until there are enough.

use crate::failure::{Failure, tell};
use crate::output::Output;
use crate::packet::{Link, Packet};
use crate::sink::Sink;

/// Hands packets to a sink and counts them.
#[derive(Debug)]
pub(crate) struct Session<S> {
    pub(crate) sink: S,
    /// After so many packets it ends.
    pub(crate) limit: Option<u64>,
    pub(crate) snaplen: u32,
    /// Each packet is written out at once.
    pub(crate) prompt: bool,
    pub(crate) count: u64,
}

impl<S: Sink> Session<S> {
    /// Says what is going to be read.
    pub(crate) fn begin(&mut self, what: &str, link: Link, snaplen: u32, out: &mut Output) -> Result<(), Failure> {
        tell(format_args!("{what}, link-type {link}, snapshot length {snaplen} bytes"));
        self.sink.begin(link, out)
    }

    /// Takes a packet. False if it was the last.
    pub(crate) fn packet(&mut self, packet: Packet<'_>, out: &mut Output) -> Result<bool, Failure> {
        self.sink.packet(&packet.cut(self.snaplen), out)?;
        self.count += 1;
        if self.prompt {
            out.send()?;
        }
        Ok(self.limit.is_none_or(|limit| self.count < limit))
    }
}
