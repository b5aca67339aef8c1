//! The Internet Control Message Protocol (RFC 792).

use std::net::Ipv4Addr;

use etherparse::{Icmpv4Slice, Icmpv4Type, Ipv4HeaderSlice, icmpv4, ip_number};

use super::Layer;
use super::line::Line;

const HEADER: usize = 8;

pub(super) fn describe(layer: Layer<'_>, line: &mut Line) {
    let packet = match Icmpv4Slice::from_slice(layer.bytes) {
        Ok(packet) => packet,
        Err(error) => return line.broken("icmp", layer.is_cut(), error),
    };
    line.put("ICMP ");
    match packet.icmp_type() {
        Icmpv4Type::EchoRequest(echo) => line.put(format_args!("echo request, id {}, seq {}", echo.id, echo.seq)),
        Icmpv4Type::EchoReply(echo) => line.put(format_args!("echo reply, id {}, seq {}", echo.id, echo.seq)),
        Icmpv4Type::DestinationUnreachable(why) => unreachable(&why, layer.after(HEADER), line),
        Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::TtlExceededInTransit) => {
            line.put("time exceeded in-transit");
        }
        Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::FragmentReassemblyTimeExceeded) => {
            line.put("ip reassembly time exceeded");
        }
        Icmpv4Type::Redirect(redirect) => {
            let gateway = Ipv4Addr::from(redirect.gateway_internet_address);
            line.put(format_args!("redirect to {gateway}"));
        }
        Icmpv4Type::ParameterProblem(_) => line.put("parameter problem"),
        Icmpv4Type::TimestampRequest(_) => line.put("time stamp query"),
        Icmpv4Type::TimestampReply(_) => line.put("time stamp reply"),
        Icmpv4Type::Unknown { type_u8, code_u8, .. } => line.put(format_args!("type {type_u8}, code {code_u8}")),
    }
    line.put(format_args!(", length {}", layer.length));
}

/// What could not be reached: the packet that could not is quoted.
fn unreachable(why: &icmpv4::DestUnreachableHeader, quoted: Layer<'_>, line: &mut Line) {
    use icmpv4::DestUnreachableHeader as Why;

    let Ok(inner) = Ipv4HeaderSlice::from_slice(quoted.bytes) else {
        return line.put("destination unreachable");
    };
    let to = inner.destination_addr();
    match why {
        Why::Network => line.put(format_args!("net {to} unreachable")),
        Why::Host => line.put(format_args!("host {to} unreachable")),
        Why::Protocol => line.put(format_args!("{to} protocol {} unreachable", inner.protocol().0)),
        Why::Port => {
            // The destination's port is the second of both protocols.
            let port = quoted.u16(inner.slice().len() + 2);
            match (inner.protocol(), port) {
                (ip_number::UDP, Some(port)) => line.put(format_args!("{to} udp port {port} unreachable")),
                (ip_number::TCP, Some(port)) => line.put(format_args!("{to} tcp port {port} unreachable")),
                (protocol, _) => line.put(format_args!("{to} protocol {} port unreachable", protocol.0)),
            }
        }
        Why::FragmentationNeeded { next_hop_mtu: mtu } => {
            line.put(format_args!("{to} unreachable - need to frag (mtu {mtu})"));
        }
        Why::HostProhibited => line.put(format_args!("host {to} unreachable - admin prohibited")),
        Why::FilterProhibited => line.put(format_args!("host {to} unreachable - admin prohibited filter")),
        other => line.put(format_args!("{to} unreachable - code {}", other.code_u8())),
    }
}
