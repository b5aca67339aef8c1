//! A captured packet, and what its first bytes are.

use std::fmt;
use std::time::Duration;

/// The longest snapshot, which is also the default one. libpcap's is the same.
pub(crate) const SNAPLEN_MAX: u32 = 262_144;

/// A packet as it was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) link: Link,
    /// Since the beginning of 1970, UTC.
    pub(crate) time: Duration,
    /// Its length on the wire; `data` may be less of it.
    pub(crate) length: u32,
    pub(crate) data: &'a [u8],
}

impl Packet<'_> {
    /// At most the first `snaplen` bytes of it.
    pub(crate) fn cut(self, snaplen: u32) -> Self {
        let kept = self.data.len().min(snaplen as usize);
        Self { data: &self.data[..kept], ..self }
    }
}

/// A link-layer header type, by its number in files (tcpdump.org/linktypes.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) u32);

impl Link {
    pub(crate) const NULL: Self = Self(0);
    pub(crate) const ETHERNET: Self = Self(1);
    pub(crate) const RAW: Self = Self(101);
    pub(crate) const LOOP: Self = Self(108);
    pub(crate) const LINUX_SLL: Self = Self(113);
    pub(crate) const IPV4: Self = Self(228);
    pub(crate) const IPV6: Self = Self(229);
    pub(crate) const LINUX_SLL2: Self = Self(276);

    /// The number of a file's header, whose upper bits say how long a frame check sequence is.
    pub(crate) fn from_file(field: u32) -> Self {
        match field & 0x03ff_ffff {
            // What some systems call raw IP in memory, and wrote to files.
            12 | 14 => Self::RAW,
            number => Self(number),
        }
    }

    fn name(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::NULL => ("NULL", "BSD loopback"),
            Self::ETHERNET => ("EN10MB", "Ethernet"),
            Self::RAW => ("RAW", "Raw IP"),
            Self::LOOP => ("LOOP", "OpenBSD loopback"),
            Self::LINUX_SLL => ("LINUX_SLL", "Linux cooked v1"),
            Self::IPV4 => ("IPV4", "Raw IPv4"),
            Self::IPV6 => ("IPV6", "Raw IPv6"),
            Self::LINUX_SLL2 => ("LINUX_SLL2", "Linux cooked v2"),
            _ => return None,
        })
    }

    /// Whether its packets can be printed.
    pub(crate) fn is_known(self) -> bool {
        self.name().is_some()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some((name, about)) => write!(f, "{name} ({about})"),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_check_sequence_is_no_part_of_the_type() {
        assert_eq!(Link::from_file(0x2400_0001), Link::ETHERNET);
        assert_eq!(Link::from_file(12), Link::RAW);
    }

    #[test]
    fn a_cut_packet_keeps_its_length() {
        let packet = Packet { link: Link::RAW, time: Duration::ZERO, length: 4, data: b"abcd" };
        assert_eq!(packet.cut(2), Packet { data: b"ab", ..packet });
        assert_eq!(packet.cut(9), packet);
    }
}
