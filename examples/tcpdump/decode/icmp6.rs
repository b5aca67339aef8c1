//! The Internet Control Message Protocol for IPv6 (RFC 4443), with neighbour and listener discovery (RFC 4861, RFC 3810).

use std::net::Ipv6Addr;

use etherparse::{Icmpv6Slice, Icmpv6Type, Ipv6HeaderSlice, icmpv6, ip_number};

use super::Layer;
use super::line::Line;

const HEADER: usize = 8;

// Listener discovery, which the crate leaves unnamed.
const LISTENER_QUERY: u8 = 130;
const LISTENER_REPORT: u8 = 131;
const LISTENER_DONE: u8 = 132;
const LISTENER_REPORT_V2: u8 = 143;

pub(super) fn describe(layer: Layer<'_>, line: &mut Line) {
    let packet = match Icmpv6Slice::from_slice(layer.bytes) {
        Ok(packet) => packet,
        Err(error) => return line.broken("icmp6", layer.is_cut(), error),
    };
    line.put("ICMP6, ");
    // Neighbour discovery names its target first.
    let target = layer.array::<16>(HEADER).map(Ipv6Addr::from);
    match packet.icmp_type() {
        Icmpv6Type::EchoRequest(echo) => line.put(format_args!("echo request, id {}, seq {}", echo.id, echo.seq)),
        Icmpv6Type::EchoReply(echo) => line.put(format_args!("echo reply, id {}, seq {}", echo.id, echo.seq)),
        Icmpv6Type::DestinationUnreachable(why) => unreachable(why, layer.after(HEADER), line),
        Icmpv6Type::PacketTooBig { mtu } => line.put(format_args!("packet too big, mtu {mtu}")),
        Icmpv6Type::TimeExceeded(_) => line.put("time exceeded in-transit"),
        Icmpv6Type::ParameterProblem(_) => line.put("parameter problem"),
        Icmpv6Type::RouterSolicitation => line.put("router solicitation"),
        Icmpv6Type::RouterAdvertisement(_) => line.put("router advertisement"),
        Icmpv6Type::NeighborSolicitation => about(target, "neighbor solicitation", "who has", line),
        Icmpv6Type::NeighborAdvertisement(_) => about(target, "neighbor advertisement", "tgt is", line),
        Icmpv6Type::Redirect => about(target, "redirect", "to", line),
        Icmpv6Type::Unknown { type_u8, code_u8, bytes5to8 } => match type_u8 {
            LISTENER_QUERY => line.put("multicast listener query"),
            LISTENER_REPORT => line.put("multicast listener report"),
            LISTENER_DONE => line.put("multicast listener done"),
            LISTENER_REPORT_V2 => {
                let records = u16::from_be_bytes([bytes5to8[2], bytes5to8[3]]);
                line.put(format_args!("multicast listener report v2, {records} group record(s)"));
            }
            _ => line.put(format_args!("type {type_u8}, code {code_u8}")),
        },
    }
    line.put(format_args!(", length {}", layer.length));
}

fn about(target: Option<Ipv6Addr>, what: &str, verb: &str, line: &mut Line) {
    line.put(what);
    if let Some(target) = target {
        line.put(format_args!(", {verb} {target}"));
    }
}

/// What could not be reached: the packet that could not is quoted.
fn unreachable(why: icmpv6::DestUnreachableCode, quoted: Layer<'_>, line: &mut Line) {
    line.put("destination unreachable");
    let Ok(inner) = Ipv6HeaderSlice::from_slice(quoted.bytes) else { return };
    let to = inner.destination_addr();
    let port = quoted.u16(inner.slice().len() + 2);
    match (why, inner.next_header(), port) {
        (icmpv6::DestUnreachableCode::Port, ip_number::UDP, Some(port)) => {
            line.put(format_args!(", unreachable port, {to} udp port {port}"));
        }
        (icmpv6::DestUnreachableCode::Port, ip_number::TCP, Some(port)) => {
            line.put(format_args!(", unreachable port, {to} tcp port {port}"));
        }
        (icmpv6::DestUnreachableCode::NoRoute, ..) => line.put(format_args!(", unreachable route {to}")),
        (icmpv6::DestUnreachableCode::Prohibited, ..) => line.put(format_args!(", unreachable prohibited {to}")),
        (icmpv6::DestUnreachableCode::Address, ..) => line.put(format_args!(", unreachable address {to}")),
        (other, ..) => line.put(format_args!(", {to} code {}", other.code_u8())),
    }
}
