//! The Internet Protocol, versions 4 and 6 (RFC 791, RFC 8200).

use std::net::IpAddr;

use etherparse::{IpNumber, Ipv4HeaderSlice, Ipv6ExtensionSlice, Ipv6ExtensionsSlice, Ipv6HeaderSlice, ip_number};

use super::line::Line;
use super::{Layer, Style, icmp, icmp6, tcp, udp};

/// Who sent the packet to whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
}

impl Ends {
    /// Adds both addresses with their ports.
    pub(super) fn put_ports(self, source: u16, destination: u16, line: &mut Line) {
        line.put(format_args!("{}.{source} > {}.{destination}: ", self.source, self.destination));
    }

    fn put(self, line: &mut Line) {
        line.put(format_args!("{} > {}: ", self.source, self.destination));
    }

    /// The sum of what is checked together with the data (RFC 9293 §3.1, RFC 8200 §8.1).
    pub(super) fn checksum(self, protocol: IpNumber, data: &[u8]) -> u16 {
        let mut sum = u64::from(protocol.0) + data.len() as u64;
        let mut add = |bytes: &[u8]| {
            for pair in bytes.chunks(2) {
                sum += u64::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            }
        };
        for address in [self.source, self.destination] {
            match address {
                IpAddr::V4(address) => add(&address.octets()),
                IpAddr::V6(address) => add(&address.octets()),
            }
        }
        add(data);
        while sum > 0xffff {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        // It has 16 bits by now.
        !u16::try_from(sum).unwrap_or(u16::MAX)
    }
}

/// What the packet carries.
struct Payload<'a> {
    protocol: IpNumber,
    /// Whether it begins here, and not in another fragment.
    first: bool,
    /// The extension headers in front of it, as text.
    extensions: &'a str,
    layer: Layer<'a>,
}

pub(super) fn version_4(layer: Layer<'_>, style: Style, line: &mut Line) {
    let header = match Ipv4HeaderSlice::from_slice(layer.bytes) {
        Ok(header) => header,
        Err(error) => return line.broken("ip", layer.is_cut(), error),
    };
    let taken = header.slice().len();
    let offset = header.fragments_offset().value();
    if style.verbose {
        let flags = match (header.dont_fragment(), header.more_fragments()) {
            (false, false) => "none",
            (true, false) => "DF",
            (false, true) => "+",
            (true, true) => "+, DF",
        };
        line.put(format_args!(
            "(tos 0x{:x}{}, ttl {}, id {}, offset {}, flags [{flags}], proto {} ({}), length {}",
            header.slice()[1],
            ecn(header.slice()[1]),
            header.ttl(),
            header.identification(),
            u32::from(offset) * 8,
            name(header.protocol()).unwrap_or("unknown"),
            header.protocol().0,
            header.total_len(),
        ));
        if taken > 20 {
            line.put(format_args!(", options [{} bytes]", taken - 20));
        }
        line.put(")\n    ");
    }
    // 0 stands for more than 65,535 bytes, of a packet that is only cut up further down.
    let total = if header.total_len() == 0 { layer.length } else { header.total_len().into() };
    if total < taken {
        return line.put(format_args!("[malformed ip: total length {total}, header {taken} bytes]"));
    }
    if total > layer.length {
        line.put(format_args!("truncated-ip - {} bytes missing! ", total - layer.length));
    }
    let ends = Ends { source: header.source_addr().into(), destination: header.destination_addr().into() };
    let layer = Layer { fragment: header.is_fragmenting_payload(), ..layer.within(total).after(taken) };
    transport(ends, &Payload { protocol: header.protocol(), first: offset == 0, extensions: "", layer }, style, line);
}

pub(super) fn version_6(layer: Layer<'_>, style: Style, line: &mut Line) {
    let header = match Ipv6HeaderSlice::from_slice(layer.bytes) {
        Ok(header) => header,
        Err(error) => return line.broken("ip6", layer.is_cut(), error),
    };
    if style.verbose {
        line.put("(");
        if header.traffic_class() != 0 {
            line.put(format_args!("class 0x{:02x}, ", header.traffic_class()));
        }
        if header.flow_label().value() != 0 {
            line.put(format_args!("flowlabel 0x{:05x}, ", header.flow_label().value()));
        }
        line.put(format_args!(
            "hlim {}, next-header {} ({}) payload length: {}) ",
            header.hop_limit(),
            name(header.next_header()).unwrap_or("unknown"),
            header.next_header().0,
            header.payload_length(),
        ));
    }
    let rest = layer.after(header.slice().len());
    let length = if header.payload_length() == 0 { rest.length } else { header.payload_length().into() };
    if length > rest.length {
        line.put(format_args!("truncated-ip6 - {} bytes missing!", length - rest.length));
    }
    let rest = rest.within(length);
    let ends = Ends { source: header.source_addr().into(), destination: header.destination_addr().into() };
    let (extensions, protocol, left, stopped) = Ipv6ExtensionsSlice::from_slice_lax(header.next_header(), rest.bytes);
    let layer = rest.after(rest.bytes.len() - left.len());
    let layer = Layer { fragment: extensions.is_fragmenting_payload(), ..layer };
    let mut first = true;
    let mut shown = Line::default();
    for extension in extensions {
        match extension {
            Ipv6ExtensionSlice::HopByHop(_) => shown.put("HBH "),
            Ipv6ExtensionSlice::Routing(_) => shown.put("RT6 "),
            Ipv6ExtensionSlice::DestinationOptions(_) => shown.put("DSTOPT "),
            Ipv6ExtensionSlice::Authentication(_) => shown.put("AH "),
            Ipv6ExtensionSlice::Fragment(fragment) => {
                let offset = u32::from(fragment.fragment_offset().value()) * 8;
                first = first && offset == 0;
                shown.put(format_args!("frag ({offset}|{}) ", layer.length));
            }
        }
    }
    if let Some((error, _)) = stopped {
        ends.put(line);
        line.put(shown.as_str());
        return line.broken("ip6", rest.is_cut(), error);
    }
    transport(ends, &Payload { protocol, first, extensions: shown.as_str(), layer }, style, line);
}

fn transport(ends: Ends, payload: &Payload<'_>, style: Style, line: &mut Line) {
    let Payload { protocol, first, extensions, layer } = *payload;
    // What has ports puts the addresses with them.
    let ported = first && matches!(protocol, ip_number::TCP | ip_number::UDP) && extensions.is_empty();
    if !ported {
        ends.put(line);
        line.put(extensions);
    }
    match (protocol, first) {
        (ip_number::TCP, true) => tcp::describe(ends, layer, style, line),
        (ip_number::UDP, true) => udp::describe(ends, layer, style, line),
        (ip_number::ICMP, true) => icmp::describe(layer, line),
        (ip_number::IPV6_ICMP, true) => icmp6::describe(layer, line),
        (other, true) => line.put(format_args!("ip-proto-{}, length {}", other.0, layer.length)),
        // Its header is in another packet.
        (other, false) => line.put(format_args!("ip-proto-{}", other.0)),
    }
}

/// Congestion marks of the type-of-service octet (RFC 3168).
fn ecn(tos: u8) -> &'static str {
    match tos & 3 {
        1 => ",ECT(1)",
        2 => ",ECT(0)",
        3 => ",CE",
        _ => "",
    }
}

fn name(protocol: IpNumber) -> Option<&'static str> {
    Some(match protocol {
        ip_number::ICMP => "ICMP",
        ip_number::IGMP => "IGMP",
        ip_number::TCP => "TCP",
        ip_number::UDP => "UDP",
        ip_number::IPV6_HEADER_HOP_BY_HOP => "Options",
        ip_number::GRE => "GRE",
        ip_number::IPV6_ICMP => "ICMPv6",
        ip_number::SCTP => "SCTP",
        _ => return None,
    })
}
