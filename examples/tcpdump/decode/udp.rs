//! The User Datagram Protocol (RFC 768), and what is known by its port.

use std::net::IpAddr;

use etherparse::{UdpSlice, ip_number};

use super::ip::Ends;
use super::line::Line;
use super::{Layer, Style, dhcp, dns};

const HEADER: usize = 8;

// Ports by service (IANA's registry).
const DOMAIN: u16 = 53;
const BOOTP_SERVER: u16 = 67;
const BOOTP_CLIENT: u16 = 68;
const MDNS: u16 = 5353;
const LLMNR: u16 = 5355;

pub(super) fn describe(ends: Ends, layer: Layer<'_>, style: Style, line: &mut Line) {
    let header = match UdpSlice::from_slice_lax(layer.bytes) {
        Ok(header) => header,
        Err(error) => {
            line.put(format_args!("{} > {}: ", ends.source, ends.destination));
            return line.broken("udp", layer.is_cut(), error);
        }
    };
    let ports = [header.source_port(), header.destination_port()];
    ends.put_ports(ports[0], ports[1], line);
    // 0 is a datagram that is only cut up further down, or a jumbogram.
    let length = if header.length() == 0 { layer.length } else { header.length().into() };
    if length < HEADER {
        return line.put(format_args!("[malformed udp: length {length}]"));
    }
    if length > layer.length && !layer.fragment {
        line.put(format_args!("truncated-udplength {length} "));
    }
    let layer = layer.within(length);
    if style.verbose {
        checksum(ends, &header, layer, line);
    }
    let payload = layer.after(HEADER);
    let either = |port| ports.contains(&port);
    if either(DOMAIN) || either(MDNS) || either(LLMNR) {
        dns::describe(payload, line);
    } else if either(BOOTP_SERVER) || either(BOOTP_CLIENT) {
        dhcp::describe(payload, style, line);
    } else {
        line.put(format_args!("UDP, length {}", payload.length));
    }
}

fn checksum(ends: Ends, header: &UdpSlice<'_>, layer: Layer<'_>, line: &mut Line) {
    if header.checksum() == 0 && matches!(ends.source, IpAddr::V4(_)) {
        line.put("[no cksum] ");
    } else if layer.is_whole() {
        match ends.checksum(ip_number::UDP, layer.bytes) {
            0 => line.put("[udp sum ok] "),
            _ => line.put(format_args!("[bad udp cksum 0x{:04x}!] ", header.checksum())),
        }
    }
}
