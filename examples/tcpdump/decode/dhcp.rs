//! The Dynamic Host Configuration Protocol (RFC 2131).

use dhcproto::v4::{DhcpOption, Message, Opcode, OptionCode};
use dhcproto::{Decodable as _, Decoder};

use super::line::{Line, Mac};
use super::{Layer, Style};

pub(super) fn describe(layer: Layer<'_>, style: Style, line: &mut Line) {
    line.put("BOOTP/DHCP, ");
    let message = match Message::decode(&mut Decoder::new(layer.bytes)) {
        Ok(message) => message,
        Err(error) => {
            line.broken("bootp", layer.is_cut(), error);
            return line.put(format_args!(", length {}", layer.length));
        }
    };
    match message.opcode() {
        Opcode::BootRequest => line.put(format_args!("Request from {}", Mac(message.chaddr()))),
        Opcode::BootReply => line.put("Reply"),
        Opcode::Unknown(code) => line.put(format_args!("operation {code}")),
    }
    line.put(format_args!(", length {}", layer.length));
    if style.verbose {
        details(&message, line);
    }
}

fn details(message: &Message, line: &mut Line) {
    line.put(format_args!(", xid 0x{:x}", message.xid()));
    for (what, address) in [
        ("Client-IP", message.ciaddr()),
        ("Your-IP", message.yiaddr()),
        ("Server-IP", message.siaddr()),
        ("Gateway-IP", message.giaddr()),
    ] {
        if !address.is_unspecified() {
            line.put(format_args!(", {what} {address}"));
        }
    }
    let options = message.opts();
    if let Some(DhcpOption::MessageType(kind)) = options.get(OptionCode::MessageType) {
        line.put(format_args!(", DHCP {kind:?}"));
    }
    if let Some(DhcpOption::ServerIdentifier(server)) = options.get(OptionCode::ServerIdentifier) {
        line.put(format_args!(", server {server}"));
    }
    if let Some(DhcpOption::RequestedIpAddress(address)) = options.get(OptionCode::RequestedIpAddress) {
        line.put(format_args!(", requested {address}"));
    }
    if let Some(DhcpOption::AddressLeaseTime(seconds)) = options.get(OptionCode::AddressLeaseTime) {
        line.put(format_args!(", lease {seconds} s"));
    }
    if let Some(DhcpOption::Hostname(name)) = options.get(OptionCode::Hostname) {
        line.put(", hostname \"");
        line.quote(name.as_bytes());
        line.put("\"");
    }
}
