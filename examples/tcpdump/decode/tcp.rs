//! The Transmission Control Protocol (RFC 9293).

use etherparse::{TcpOptionElement, TcpSlice, ip_number};

use super::ip::Ends;
use super::line::Line;
use super::{Layer, Style};

pub(super) fn describe(ends: Ends, layer: Layer<'_>, style: Style, line: &mut Line) {
    let packet = match TcpSlice::from_slice(layer.bytes) {
        Ok(packet) => packet,
        Err(error) => {
            // The ports come first, and are worth having.
            match (layer.u16(0), layer.u16(2)) {
                (Some(source), Some(destination)) => ends.put_ports(source, destination, line),
                _ => line.put(format_args!("{} > {}: ", ends.source, ends.destination)),
            }
            return line.broken("tcp", layer.is_cut(), error);
        }
    };
    ends.put_ports(packet.source_port(), packet.destination_port(), line);
    let length = layer.length - packet.header_slice().len();
    line.put(format_args!("Flags [{}]", Flags(&packet)));
    if style.verbose {
        line.put(format_args!(", cksum 0x{:04x}", packet.checksum()));
        if layer.is_whole() {
            match ends.checksum(ip_number::TCP, layer.bytes) {
                0 => line.put(" (correct)"),
                _ => line.put(format_args!(" (incorrect -> 0x{:04x})", right(ends, &packet))),
            }
        }
    }
    let sequence = packet.sequence_number();
    if length > 0 {
        // Sequence numbers begin anew after 2^32.
        #[expect(clippy::cast_possible_truncation, reason = "so does this sum")]
        let end = sequence.wrapping_add(length as u32);
        line.put(format_args!(", seq {sequence}:{end}"));
    } else if style.verbose || packet.syn() || packet.fin() || packet.rst() {
        line.put(format_args!(", seq {sequence}"));
    }
    if packet.ack() {
        line.put(format_args!(", ack {}", packet.acknowledgment_number()));
    }
    line.put(format_args!(", win {}", packet.window_size()));
    if packet.urg() {
        line.put(format_args!(", urg {}", packet.urgent_pointer()));
    }
    if !packet.options().is_empty() {
        options(&packet, line);
    }
    line.put(format_args!(", length {length}"));
}

/// The checksum that the packet should have.
fn right(ends: Ends, packet: &TcpSlice<'_>) -> u16 {
    let mut bytes = packet.slice().to_vec();
    bytes[16..18].fill(0);
    ends.checksum(ip_number::TCP, &bytes)
}

fn options(packet: &TcpSlice<'_>, line: &mut Line) {
    line.put(", options [");
    let mut left = packet.options_iterator();
    let mut comma = "";
    while let Some(option) = left.next() {
        line.put(comma);
        comma = ",";
        match option {
            Ok(TcpOptionElement::Noop) => line.put("nop"),
            Ok(TcpOptionElement::MaximumSegmentSize(size)) => line.put(format_args!("mss {size}")),
            Ok(TcpOptionElement::WindowScale(shift)) => line.put(format_args!("wscale {shift}")),
            Ok(TcpOptionElement::SelectiveAcknowledgementPermitted) => line.put("sackOK"),
            Ok(TcpOptionElement::Timestamp(value, echo)) => line.put(format_args!("TS val {value} ecr {echo}")),
            Ok(TcpOptionElement::SelectiveAcknowledgement(first, more)) => {
                let blocks = || std::iter::once(first).chain(more.into_iter().flatten());
                line.put(format_args!("sack {} ", blocks().count()));
                for (from, to) in blocks() {
                    line.put(format_args!("{{{from}:{to}}}"));
                }
            }
            // Nothing after it can be told apart.
            Err(_) => {
                line.put(format_args!("{} bytes more", left.rest().len()));
                break;
            }
        }
    }
    if comma.is_empty() {
        line.put("eol");
    }
    line.put("]");
}

/// The flags in the order of the header, from the right.
struct Flags<'a>(&'a TcpSlice<'a>);

impl std::fmt::Display for Flags<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let packet = self.0;
        let flags = [
            (packet.fin(), 'F'),
            (packet.syn(), 'S'),
            (packet.rst(), 'R'),
            (packet.psh(), 'P'),
            (packet.ack(), '.'),
            (packet.urg(), 'U'),
            (packet.ece(), 'E'),
            (packet.cwr(), 'W'),
            (packet.ns(), 'e'),
        ];
        let set: String = flags.into_iter().filter_map(|(set, letter)| set.then_some(letter)).collect();
        f.write_str(if set.is_empty() { "none" } else { &set })
    }
}
