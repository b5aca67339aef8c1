//! The Address Resolution Protocol (RFC 826).

use std::net::Ipv4Addr;

use etherparse::{ArpHardwareId, ArpOperation, ArpPacketSlice, ether_type};

use super::line::{Line, Mac};
use super::{Layer, Style};

pub(super) fn describe(layer: Layer<'_>, style: Style, line: &mut Line) {
    let packet = match ArpPacketSlice::from_slice(layer.bytes) {
        Ok(packet) => packet,
        Err(error) => return line.broken("arp", layer.is_cut(), error),
    };
    let address = |bytes: &[u8]| <[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from);
    let ends = (address(packet.sender_protocol_addr()), address(packet.target_protocol_addr()));
    let ((Some(sender), Some(target)), ether_type::IPV4) = (ends, packet.proto_addr_type()) else {
        line.put(format_args!(
            "hardware type {}, protocol type 0x{:04x}, operation {}, length {}",
            packet.hw_addr_type().0,
            packet.proto_addr_type().0,
            packet.operation().0,
            layer.length
        ));
        return;
    };
    let ethernet = packet.hw_addr_type() == ArpHardwareId::ETHERNET;
    if style.verbose && ethernet {
        line.put(format_args!("Ethernet (len {}), IPv4 (len 4), ", packet.hw_addr_size()));
    }
    match packet.operation() {
        ArpOperation::REQUEST => {
            line.put(format_args!("Request who-has {target}"));
            if packet.target_hw_addr().iter().any(|byte| *byte != 0) {
                line.put(format_args!(" ({})", Mac(packet.target_hw_addr())));
            }
            line.put(format_args!(" tell {sender}"));
        }
        ArpOperation::REPLY => line.put(format_args!("Reply {sender} is-at {}", Mac(packet.sender_hw_addr()))),
        ArpOperation(other) => line.put(format_args!("operation {other} from {sender} to {target}")),
    }
    line.put(format_args!(", length {}", layer.length));
}
