//! A packet as text, in tcpdump's words.

mod arp;
mod dhcp;
mod dns;
mod icmp;
mod icmp6;
mod ip;
mod line;
mod link;
mod tcp;
mod udp;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub(crate) use line::Line;

use crate::packet::Packet;

/// How much is said.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// The link-level header too.
    pub(crate) link: bool,
    /// Header fields that are rarely asked for.
    pub(crate) verbose: bool,
}

/// Bytes of a layer, and how long they were on the wire.
#[derive(Clone, Copy, Debug)]
struct Layer<'a> {
    bytes: &'a [u8],
    /// At least as long as `bytes`.
    length: usize,
    /// Whether more of it is in another packet.
    fragment: bool,
}

impl Layer<'_> {
    /// What follows the first `count` bytes.
    fn after(self, count: usize) -> Self {
        Self { bytes: self.bytes.get(count..).unwrap_or_default(), length: self.length.saturating_sub(count), ..self }
    }

    /// Only the first `length` bytes, the rest being padding.
    fn within(self, length: usize) -> Self {
        let kept = self.bytes.len().min(length);
        Self { bytes: &self.bytes[..kept], length, ..self }
    }

    fn is_cut(self) -> bool {
        self.bytes.len() < self.length
    }

    /// Whether all of it is here.
    fn is_whole(self) -> bool {
        !self.is_cut() && !self.fragment
    }

    /// The `N` bytes at `offset`.
    fn array<const N: usize>(self, offset: usize) -> Option<[u8; N]> {
        self.bytes.get(offset..offset + N)?.try_into().ok()
    }

    fn u16(self, offset: usize) -> Option<u16> {
        self.array(offset).map(u16::from_be_bytes)
    }
}

/// Adds what the packet says to the line. Returns where its network layer begins.
pub(crate) fn describe(packet: &Packet<'_>, style: Style, line: &mut Line) -> usize {
    let layer = Layer { bytes: packet.data, length: packet.length as usize, fragment: false };
    link::describe(packet.link, layer, style, line)
}
