//! The Domain Name System (RFC 1035): the questions, and the answers.

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{Name, RData, Record};

use super::Layer;
use super::line::Line;

pub(super) fn describe(layer: Layer<'_>, line: &mut Line) {
    let message = match Message::from_vec(layer.bytes) {
        Ok(message) => message,
        Err(error) => {
            if let Some(id) = layer.u16(0) {
                line.put(format_args!("{id} "));
            }
            line.broken("domain", layer.is_cut(), error);
            return line.put(format_args!(" ({})", layer.length));
        }
    };
    match message.metadata.message_type {
        MessageType::Query => query(&message, line),
        MessageType::Response => response(&message, line),
    }
    line.put(format_args!(" ({})", layer.length));
}

fn query(message: &Message, line: &mut Line) {
    let metadata = &message.metadata;
    line.put(metadata.id);
    line.put(operation(metadata.op_code));
    line.put(if metadata.recursion_desired { "+" } else { "" });
    line.put(if metadata.checking_disabled { "%" } else { "" });
    for (count, what) in [(message.answers.len(), "a"), (message.authorities.len(), "n"), (additional(message), "au")] {
        if count > 0 {
            line.put(format_args!(" [{count}{what}]"));
        }
    }
    for question in &message.queries {
        line.put(format_args!(" {}? ", question.query_type()));
        name(question.name(), line);
    }
}

fn response(message: &Message, line: &mut Line) {
    let metadata = &message.metadata;
    line.put(metadata.id);
    line.put(operation(metadata.op_code));
    line.put(match metadata.response_code {
        ResponseCode::NoError => "",
        ResponseCode::FormErr => " FormErr",
        ResponseCode::ServFail => " ServFail",
        ResponseCode::NXDomain => " NXDomain",
        ResponseCode::NotImp => " NotImp",
        ResponseCode::Refused => " Refused",
        _ => " error",
    });
    line.put(if metadata.authoritative { "*" } else { "" });
    line.put(if metadata.recursion_available { "" } else { "-" });
    line.put(if metadata.truncation { "|" } else { "" });
    line.put(if metadata.authentic_data { "$" } else { "" });
    if message.queries.len() != 1 {
        line.put(format_args!(" [{}q]", message.queries.len()));
    }
    let counts = (message.answers.len(), message.authorities.len(), additional(message));
    line.put(format_args!(" {}/{}/{}", counts.0, counts.1, counts.2));
    for (index, record) in message.answers.iter().enumerate() {
        line.put(if index > 0 { ", " } else { " " });
        answer(record, line);
    }
}

/// Additional records, which the crate keeps in three places.
fn additional(message: &Message) -> usize {
    message.additionals.len() + usize::from(message.edns.is_some()) + usize::from(message.signature.is_some())
}

fn operation(code: OpCode) -> &'static str {
    match code {
        OpCode::Query => "",
        OpCode::Status => " stat",
        OpCode::Notify => " notify",
        OpCode::Update => " update",
        OpCode::Unknown(_) => " op?",
    }
}

fn answer(record: &Record, line: &mut Line) {
    line.put(record.record_type());
    match &record.data {
        RData::A(address) => line.put(format_args!(" {address}")),
        RData::AAAA(address) => line.put(format_args!(" {address}")),
        RData::CNAME(alias) => after_space(&alias.0, line),
        RData::NS(server) => after_space(&server.0, line),
        RData::PTR(pointer) => after_space(&pointer.0, line),
        RData::MX(exchange) => {
            after_space(&exchange.exchange, line);
            line.put(format_args!(" {}", exchange.preference));
        }
        RData::SRV(service) => {
            after_space(&service.target, line);
            line.put(format_args!(":{} {} {}", service.port, service.priority, service.weight));
        }
        RData::TXT(text) => {
            for part in &text.txt_data {
                line.put(" \"");
                line.quote(part);
                line.put("\"");
            }
        }
        // Its type says enough.
        _ => {}
    }
}

fn after_space(of: &Name, line: &mut Line) {
    line.put(" ");
    name(of, line);
}

/// A name with its final dot.
fn name(name: &Name, line: &mut Line) {
    for label in name {
        line.quote(label);
        line.put(".");
    }
    if name.is_root() {
        line.put(".");
    }
}
