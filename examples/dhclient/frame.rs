//! Ethernet frames: DHCP over UDP and IPv4, and ARP. etherparse reads and writes the headers.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use etherparse::checksum::Sum16BitWords;
use etherparse::{
    ArpEthIpv4Packet, ArpOperation, IpNumber, Ipv4Slice, NetSlice, PacketBuilder, SlicedPacket, TransportSlice,
    UdpSlice,
};

pub(crate) const CLIENT_PORT: u16 = 68;
pub(crate) const SERVER_PORT: u16 = 67;
const TIME_TO_LIVE: u8 = 64;

/// A hardware address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mac(pub(crate) [u8; 6]);

impl Mac {
    pub(crate) const BROADCAST: Self = Self([0xff; 6]);
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.map(|byte| format!("{byte:02x}")).join(":"))
    }
}

impl FromStr for Mac {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(())
    }
}

/// What of a frame matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// A message to the client's port.
    Dhcp(&'a [u8]),
    Arp(Arp),
}

/// An ARP packet, sent or received (RFC 826).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arp {
    pub(crate) request: bool,
    pub(crate) sender: Mac,
    pub(crate) sender_address: Ipv4Addr,
    pub(crate) target_address: Ipv4Addr,
}

/// Who sends a message to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) from: (Mac, Ipv4Addr),
    pub(crate) to: (Mac, Ipv4Addr),
}

impl<'a> Frame<'a> {
    /// Reads a frame; `None` where it is neither, or damaged.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let packet = SlicedPacket::from_ethernet(bytes).ok()?;
        if !packet.link_exts.is_empty() {
            return None;
        }
        match (packet.net?, packet.transport) {
            (NetSlice::Arp(arp), None) => Arp::decode(&arp.to_packet().try_eth_ipv4().ok()?).map(Self::Arp),
            (NetSlice::Ipv4(ip), Some(TransportSlice::Udp(udp))) => {
                let ours = udp.source_port() == SERVER_PORT && udp.destination_port() == CLIENT_PORT;
                let intact = !ip.payload().fragmented && header_is_intact(&ip) && data_is_intact(&ip, &udp);
                (ours && intact).then(|| Self::Dhcp(udp.payload()))
            }
            _ => None,
        }
    }
}

impl Arp {
    fn decode(packet: &ArpEthIpv4Packet) -> Option<Self> {
        let request = match packet.operation {
            ArpOperation::REQUEST => true,
            ArpOperation::REPLY => false,
            _ => return None,
        };
        Some(Self {
            request,
            sender: Mac(packet.sender_mac),
            sender_address: packet.sender_ipv4_addr(),
            target_address: packet.target_ipv4_addr(),
        })
    }

    /// The frame that sends it to everyone.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let packet = ArpEthIpv4Packet {
            operation: if self.request { ArpOperation::REQUEST } else { ArpOperation::REPLY },
            sender_mac: self.sender.0,
            sender_ipv4: self.sender_address.octets(),
            target_mac: [0; 6],
            target_ipv4: self.target_address.octets(),
        };
        let builder = PacketBuilder::ethernet2(self.sender.0, Mac::BROADCAST.0).arp(packet.into());
        let mut frame = Vec::with_capacity(builder.size());
        // A vector takes whatever is written to it.
        let _ = builder.write(&mut frame);
        frame
    }
}

/// The frame of a message to a server.
pub(crate) fn dhcp(envelope: &Envelope, message: &[u8]) -> Vec<u8> {
    let Envelope { from, to } = envelope;
    let builder = PacketBuilder::ethernet2(from.0.0, to.0.0)
        .ipv4(from.1.octets(), to.1.octets(), TIME_TO_LIVE)
        .udp(CLIENT_PORT, SERVER_PORT);
    let mut frame = Vec::with_capacity(builder.size(message.len()));
    // A vector takes whatever is written to it, and a message is shorter than a packet can be.
    let _ = builder.write(&mut frame, message);
    frame
}

fn header_is_intact(ip: &Ipv4Slice<'_>) -> bool {
    let header = ip.header().to_header();
    header.calc_header_checksum() == header.header_checksum
}

/// Whether the UDP checksum is right, or is none (RFC 768), or is the sum that a sender's kernel leaves to hardware to
/// complete: between virtual interfaces there is none that does.
fn data_is_intact(ip: &Ipv4Slice<'_>, udp: &UdpSlice<'_>) -> bool {
    let (source, destination) = (ip.header().source(), ip.header().destination());
    let header = udp.to_header();
    let unfinished = Sum16BitWords::new()
        .add_4bytes(source)
        .add_4bytes(destination)
        .add_2bytes([0, IpNumber::UDP.0])
        .add_2bytes(header.length.to_be_bytes())
        .ones_complement();
    header.checksum == 0
        || header.checksum == !unfinished.to_be()
        || header.calc_checksum_ipv4_raw(source, destination, udp.payload()) == Ok(header.checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: (Mac, Ipv4Addr) = (Mac([2, 0, 0, 0, 0, 7]), Ipv4Addr::new(192, 0, 2, 10));
    const SERVER: (Mac, Ipv4Addr) = (Mac([2, 0, 0, 0, 0, 1]), Ipv4Addr::new(192, 0, 2, 1));

    /// A frame of a server.
    fn answer() -> Vec<u8> {
        let builder = PacketBuilder::ethernet2(SERVER.0.0, US.0.0)
            .ipv4(SERVER.1.octets(), US.1.octets(), TIME_TO_LIVE)
            .udp(SERVER_PORT, CLIENT_PORT);
        let mut frame = Vec::new();
        builder.write(&mut frame, b"message").expect("a vector takes it");
        frame
    }

    /// Puts another checksum into the UDP header.
    fn with_checksum(checksum: u16) -> Vec<u8> {
        let mut frame = answer();
        frame[40..42].copy_from_slice(&checksum.to_be_bytes());
        frame
    }

    #[test]
    fn an_answer_is_read_also_from_a_padded_frame() {
        assert_eq!(Frame::decode(&answer()), Some(Frame::Dhcp(b"message")));
        let mut padded = answer();
        padded.resize(64, 0);
        assert_eq!(Frame::decode(&padded), Some(Frame::Dhcp(b"message")));
    }

    #[test]
    fn damage_is_noticed() {
        let whole = answer();
        for length in 0..whole.len() {
            assert_eq!(Frame::decode(&whole[..length]), None, "{length} bytes");
        }
        // The addresses of the link are not covered by a checksum.
        for place in 12..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            assert_eq!(Frame::decode(&damaged), None, "byte {place}");
        }
    }

    #[test]
    fn a_checksum_may_be_absent_or_unfinished_but_not_wrong() {
        assert_eq!(Frame::decode(&with_checksum(0)), Some(Frame::Dhcp(b"message")));
        // c000 + 0201 + c000 + 020a + 0011 + 000f, carried around.
        assert_eq!(Frame::decode(&with_checksum(0x842c)), Some(Frame::Dhcp(b"message")));
        assert_eq!(Frame::decode(&with_checksum(0x842d)), None);
    }

    #[test]
    fn other_ports_fragments_and_tags_are_not_for_us() {
        let message = dhcp(&Envelope { from: US, to: SERVER }, b"message");
        assert_eq!(Frame::decode(&message), None);
        let mut fragment = answer();
        fragment[20] = 0x20;
        assert_eq!(Frame::decode(&fragment), None);
        let mut tagged = answer();
        tagged.splice(12..12, [0x81, 0, 0, 5]);
        assert_eq!(Frame::decode(&tagged), None);
    }

    #[test]
    fn arp_survives_the_wire() {
        for request in [true, false] {
            let arp = Arp { request, sender: US.0, sender_address: US.1, target_address: SERVER.1 };
            assert_eq!(Frame::decode(&arp.encode()), Some(Frame::Arp(arp)));
        }
    }

    #[test]
    fn hardware_addresses_are_read_and_written() {
        assert_eq!("02:00:00:00:00:07".parse(), Ok(US.0));
        assert_eq!(US.0.to_string(), "02:00:00:00:00:07");
        for wrong in ["", "02:00:00:00:00", "02:00:00:00:00:07:08", "02:00:00:00:00:xx"] {
            assert_eq!(wrong.parse::<Mac>(), Err(()), "{wrong}");
        }
    }
}
