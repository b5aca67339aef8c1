//! Packets of every kind that is known, and the lines that they make.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr as _;

use dhcproto::v4::{DhcpOption, Message as Dhcp, MessageType as DhcpType};
use dhcproto::{Encodable as _, Encoder};
use etherparse::{EtherType, PacketBuilder, TcpOptionElement, VlanId};
use hickory_proto::op::{Message as Dns, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{CNAME, MX, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

const MAC: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
const V4: [[u8; 4]; 2] = [[10, 0, 0, 1], [10, 0, 0, 2]];

fn v6() -> [[u8; 16]; 2] {
    ["fe80::1", "fe80::2"].map(|text| Ipv6Addr::from_str(text).expect("an address").octets())
}

fn built(step: etherparse::PacketBuilderStep<etherparse::UdpHeader>, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    step.write(&mut packet, payload).expect("a vector takes all");
    packet
}

fn udp(source: u16, destination: u16, payload: &[u8]) -> Vec<u8> {
    let packet = PacketBuilder::ethernet2(MAC[0], MAC[1]).ipv4(V4[0], V4[1], 64);
    built(packet.udp(source, destination), payload)
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).expect("a name")
}

fn query() -> Dns {
    let mut message = Dns::new(1234, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name("example.org."), RecordType::A));
    message
}

fn answer() -> Dns {
    let mut message = query();
    message.metadata.message_type = MessageType::Response;
    message.metadata.authoritative = true;
    message.metadata.recursion_available = true;
    let record = |data| Record::from_rdata(name("example.org."), 60, data);
    message.add_answer(record(RData::CNAME(CNAME(name("www.example.org.")))));
    message.add_answer(record(RData::A(Ipv4Addr::from(V4[1]).into())));
    message.add_answer(record(RData::MX(MX::new(10, name("mx.example.org.")))));
    message.add_answer(record(RData::TXT(TXT::new(vec!["bell\u{7}".to_owned()]))));
    message
}

fn offer() -> Vec<u8> {
    let mut message = Dhcp::default();
    message.set_xid(0xabcd).set_chaddr(&MAC[0]).set_opcode(dhcproto::v4::Opcode::BootReply);
    message.set_yiaddr(V4[0]);
    for option in [
        DhcpOption::MessageType(DhcpType::Offer),
        DhcpOption::ServerIdentifier(V4[1].into()),
        DhcpOption::AddressLeaseTime(3600),
    ] {
        message.opts_mut().insert(option);
    }
    let mut bytes = Vec::new();
    message.encode(&mut Encoder::new(&mut bytes)).expect("it encodes");
    bytes
}

/// A packet of each kind, with its line as `-n` makes it, without the time. The last ones are not Ethernet's usual.
pub(crate) fn all() -> Vec<(Vec<u8>, &'static str)> {
    let ethernet = || PacketBuilder::ethernet2(MAC[0], MAC[1]);
    let written = |build: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = Vec::new();
        build(&mut packet);
        packet
    };
    let syn = written(&|packet| {
        let options = [
            TcpOptionElement::MaximumSegmentSize(1460),
            TcpOptionElement::SelectiveAcknowledgementPermitted,
            TcpOptionElement::Timestamp(7, 0),
            TcpOptionElement::Noop,
            TcpOptionElement::WindowScale(7),
        ];
        let step = ethernet().ipv4(V4[0], V4[1], 64).tcp(40000, 80, 1000, 64240).syn();
        step.options(&options).expect("they fit").write(packet, &[]).expect("a vector");
    });
    let data = written(&|packet| {
        let step = ethernet().ipv6(v6()[0], v6()[1], 64).tcp(80, 40000, u32::MAX, 501).ack(1001).psh();
        step.write(packet, b"hello").expect("a vector");
    });
    let ping = written(&|packet| {
        let step = ethernet().ipv4(V4[0], V4[1], 64).icmpv4_echo_request(5, 6);
        step.write(packet, &[0; 56]).expect("a vector");
    });
    let ping6 = written(&|packet| {
        let step = ethernet().ipv6(v6()[0], v6()[1], 64).icmpv6_echo_reply(5, 6);
        step.write(packet, &[0; 56]).expect("a vector");
    });
    let solicitation = written(&|packet| {
        let body = [&[0; 4][..], &v6()[1]].concat();
        let step = ethernet().ipv6(v6()[0], v6()[1], 255).icmpv6_raw(135, 0, [0; 4]);
        step.write(packet, &body[4..]).expect("a vector");
    });
    let port = written(&|packet| {
        let quoted = udp(4000, 9, b"");
        let step = ethernet().ipv4(V4[1], V4[0], 64).icmpv4_raw(3, 3, [0; 4]);
        step.write(packet, &quoted[14..]).expect("a vector");
    });
    let arp = |operation: u8, target: [u8; 6]| {
        let head = [0, 1, 8, 0, 6, 4, 0, operation];
        let frame = [&MAC[1][..], &MAC[0], &[8, 6], &head, &MAC[0], &V4[0], &target, &V4[1]];
        frame.concat()
    };
    let tagged =
        built(ethernet().single_vlan(VlanId::try_new(5).expect("12 bits")).ipv4(V4[0], V4[1], 64).udp(1, 2), b"x");
    let unknown = [&MAC[1][..], &MAC[0], &EtherType(0x88b5).0.to_be_bytes(), b"xyz"].concat();
    let fragment = {
        let mut packet = udp(1, 2, b"12345678");
        packet[20..22].copy_from_slice(&185_u16.to_be_bytes());
        packet
    };
    vec![
        (
            syn,
            "IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7], length 0",
        ),
        (data, "IP6 fe80::1.80 > fe80::2.40000: Flags [P.], seq 4294967295:4, ack 1001, win 501, length 5"),
        (ping, "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 5, seq 6, length 64"),
        (ping6, "IP6 fe80::1 > fe80::2: ICMP6, echo reply, id 5, seq 6, length 64"),
        (solicitation, "IP6 fe80::1 > fe80::2: ICMP6, neighbor solicitation, who has fe80::2, length 24"),
        (port, "IP 10.0.0.2 > 10.0.0.1: ICMP 10.0.0.2 udp port 9 unreachable, length 36"),
        (arp(1, [0; 6]), "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28"),
        (arp(2, MAC[1]), "ARP, Reply 10.0.0.1 is-at 02:00:00:00:00:01, length 28"),
        (udp(4000, 5000, b"hello"), "IP 10.0.0.1.4000 > 10.0.0.2.5000: UDP, length 5"),
        (
            udp(4000, 53, &query().to_vec().expect("it encodes")),
            "IP 10.0.0.1.4000 > 10.0.0.2.53: 1234+ A? example.org. (29)",
        ),
        (
            udp(53, 4000, &answer().to_vec().expect("it encodes")),
            "IP 10.0.0.1.53 > 10.0.0.2.4000: 1234* 4/0/0 CNAME www.example.org., A 10.0.0.2, MX mx.example.org. 10, TXT \"bell\\x07\" (100)",
        ),
        (udp(67, 68, &offer()), "IP 10.0.0.1.67 > 10.0.0.2.68: BOOTP/DHCP, Reply, length 256"),
        (tagged, "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 1"),
        (fragment, "IP 10.0.0.1 > 10.0.0.2: ip-proto-17"),
        (unknown, "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype Unknown (0x88b5), length 17"),
    ]
}
