//! The link layer: Ethernet with VLAN tags, the loopbacks of the BSDs, Linux's cooked headers, none at all.

use etherparse::{EtherType, Ethernet2Slice, SingleVlanSlice, ether_type};

use super::line::{Line, Mac};
use super::{Layer, Style, arp, ip};
use crate::packet::Link;

/// Tags one within the other. More than two mean a packet that somebody forged.
const VLANS_MAX: usize = 8;

/// The largest value of Ethernet's type field that is a length (IEEE 802.3).
const LENGTH_MAX: u16 = 1500;

const SLL_HEADER: usize = 16;
const SLL2_HEADER: usize = 20;
const FAMILY_HEADER: usize = 4;

/// Adds the packet to the line. Returns the length of what was link layer.
pub(super) fn describe(kind: Link, layer: Layer<'_>, style: Style, line: &mut Line) -> usize {
    match kind {
        Link::ETHERNET => ethernet(layer, style, line),
        Link::NULL | Link::LOOP => family(layer, style, line),
        Link::LINUX_SLL => cooked(layer, SLL_HEADER, 14, (1, 6), style, line),
        Link::LINUX_SLL2 => cooked(layer, SLL2_HEADER, 0, (10, 12), style, line),
        _ => {
            network_by_version(layer, style, line);
            0
        }
    }
}

fn ethernet(layer: Layer<'_>, style: Style, line: &mut Line) -> usize {
    let header = match Ethernet2Slice::from_slice_without_fcs(layer.bytes) {
        Ok(header) => header,
        Err(error) => {
            line.broken("ether", layer.is_cut(), error);
            return 0;
        }
    };
    let (source, destination) = (header.source(), header.destination());
    let ends = format_args!("{} > {}, ", Mac(&source), Mac(&destination)).to_string();
    if style.link {
        line.put(&ends);
    }
    let (mut kind, mut taken) = (header.ether_type(), header.header_len());
    for _ in 0..VLANS_MAX {
        if !is_tag(kind) {
            break;
        }
        let inner = layer.after(taken);
        let tag = match SingleVlanSlice::from_slice(inner.bytes) {
            Ok(tag) => tag,
            Err(error) => {
                line.broken("vlan", inner.is_cut(), error);
                return taken;
            }
        };
        if style.link {
            line.put(format_args!("ethertype {} (0x{:04x}), length {}: ", name(kind), kind.0, inner.length + taken));
            line.put(format_args!("vlan {}, p {}", tag.vlan_identifier().value(), tag.priority_code_point().value()));
            line.put(if tag.drop_eligible_indicator() { ", DEI, " } else { ", " });
        }
        kind = tag.ether_type();
        taken += tag.header_len();
    }
    let inner = layer.after(taken);
    if kind.0 <= LENGTH_MAX {
        if !style.link {
            line.put(&ends);
        }
        line.put(format_args!("802.3, length {}: LLC", kind.0));
        return taken;
    }
    let heading = format_args!("ethertype {} (0x{:04x}), length {}: ", name(kind), kind.0, layer.length).to_string();
    if style.link {
        if taken > header.header_len() {
            line.put(format_args!("ethertype {} (0x{:04x}), ", name(kind), kind.0));
        } else {
            line.put(&heading);
        }
    }
    if !network(kind, inner, style, line) && !style.link {
        line.put(&ends);
        line.put(heading.trim_end_matches(": "));
    }
    taken
}

fn is_tag(kind: EtherType) -> bool {
    [ether_type::VLAN_TAGGED_FRAME, ether_type::PROVIDER_BRIDGING, ether_type::VLAN_DOUBLE_TAGGED_FRAME].contains(&kind)
}

fn name(kind: EtherType) -> &'static str {
    match kind {
        ether_type::IPV4 => "IPv4",
        ether_type::IPV6 => "IPv6",
        ether_type::ARP => "ARP",
        ether_type::VLAN_TAGGED_FRAME => "802.1Q",
        ether_type::PROVIDER_BRIDGING => "802.1Q-QinQ",
        ether_type::VLAN_DOUBLE_TAGGED_FRAME => "802.1Q-9100",
        EtherType(0x88cc) => "LLDP",
        EtherType(0x8863) => "PPPoE D",
        EtherType(0x8864) => "PPPoE S",
        EtherType(0x8847) => "MPLS unicast",
        EtherType(0x888e) => "EAPOL",
        _ => "Unknown",
    }
}

/// Adds the network layer. False if its protocol is not known.
fn network(kind: EtherType, layer: Layer<'_>, style: Style, line: &mut Line) -> bool {
    let named = |line: &mut Line, name: &str| {
        if !style.link {
            line.put(name);
        }
    };
    match kind {
        ether_type::IPV4 => {
            named(line, "IP ");
            ip::version_4(layer, style, line);
        }
        ether_type::IPV6 => {
            named(line, "IP6 ");
            ip::version_6(layer, style, line);
        }
        ether_type::ARP => {
            named(line, "ARP, ");
            arp::describe(layer, style, line);
        }
        _ => return false,
    }
    true
}

/// A packet without a header of its own says by its first four bits what it is.
fn network_by_version(layer: Layer<'_>, style: Style, line: &mut Line) {
    let style = Style { link: false, ..style };
    match layer.bytes.first().map(|byte| byte >> 4) {
        Some(4) => _ = network(ether_type::IPV4, layer, style, line),
        Some(6) => _ = network(ether_type::IPV6, layer, style, line),
        Some(version) => line.put(format_args!("[malformed ip: version {version}]")),
        None => line.broken("ip", layer.is_cut(), "no bytes"),
    }
}

/// A header that is an address family, in the byte order of whoever wrote it.
fn family(layer: Layer<'_>, style: Style, line: &mut Line) -> usize {
    let Some(bytes) = layer.array::<FAMILY_HEADER>(0) else {
        line.broken("null", layer.is_cut(), format_args!("{} bytes", layer.bytes.len()));
        return 0;
    };
    let family = u32::from_be_bytes(bytes).min(u32::from_le_bytes(bytes));
    let kind = match family {
        2 => ether_type::IPV4,
        // Linux; NetBSD and OpenBSD; FreeBSD; macOS.
        10 | 24 | 28 | 30 => ether_type::IPV6,
        _ => {
            line.put(format_args!("AF {family}, length {}", layer.length));
            return FAMILY_HEADER;
        }
    };
    if style.link {
        line.put(format_args!("AF {} ({family}), length {}: ", name(kind), layer.length));
    }
    network(kind, layer.after(FAMILY_HEADER), style, line);
    FAMILY_HEADER
}

/// What Linux puts in place of headers of several kinds: where the protocol stands, and type and address of the sender.
fn cooked(
    layer: Layer<'_>,
    header: usize,
    protocol: usize,
    (direction, address): (usize, usize),
    style: Style,
    line: &mut Line,
) -> usize {
    let (Some(kind), true) = (layer.u16(protocol), layer.bytes.len() >= header) else {
        line.broken("sll", layer.is_cut(), format_args!("{} bytes", layer.bytes.len()));
        return 0;
    };
    let direction = match layer.bytes[direction] {
        0 => "In",
        1 => "B",
        2 => "M",
        3 => "P",
        4 => "Out",
        _ => "?",
    };
    let kind = EtherType(kind);
    let source = &layer.bytes[address..address + 6];
    let heading = format_args!("ethertype {} (0x{:04x}), length {}", name(kind), kind.0, layer.length).to_string();
    if style.link {
        line.put(format_args!("{direction} {} {heading}: ", Mac(source)));
    }
    if !network(kind, layer.after(header), style, line) && !style.link {
        line.put(format_args!("{direction} {heading}"));
    }
    header
}
