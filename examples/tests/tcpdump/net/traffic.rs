//! Traffic of every kind, from this end of the wire.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::thread;

use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode};
use dhcproto::{Decodable as _, Decoder, Encodable as _, Encoder};

use crate::namespace::{HERE, Peer, must};
use crate::peer::ECHO;

/// What the first packet says.
pub(crate) const START: &[u8] = b"the traffic begins";
/// What the last packet says.
pub(crate) const END: &[u8] = b"this is the end of the traffic";

/// Everything, more than 10,000 packets.
pub(crate) fn all(peer: &mut Peer) {
    say(START);
    must("ping -n -q -c 5 -i 0.2 10.9.0.2");
    must("ping -n -q -c 5 -i 0.2 fd00::2");
    datagrams("10.9.0.1:0", "10.9.0.2", 3000, 1400);
    datagrams("[fd00::1]:0", "fd00::2", 500, 1400);
    // Each of these in several fragments.
    datagrams("10.9.0.1:0", "10.9.0.2", 10, 8000);
    streams();
    nobody_listens();
    names();
    addresses();
    peer.order("tagged frames");
    peer.expect("ready");
    say(END);
}

/// A packet that says so, and that nobody answers.
pub(crate) fn say(what: &[u8]) {
    let socket = UdpSocket::bind("10.9.0.1:0").expect("an address");
    rustix::net::sockopt::set_socket_broadcast(&socket, true).expect("an option");
    socket.send_to(what, "10.9.0.255:9").expect("sent");
}

/// Datagrams of all lengths, and their echo.
fn datagrams(from: &str, to: &str, count: usize, longest: usize) {
    let socket = UdpSocket::bind(from).expect("an address");
    socket.connect((to, ECHO)).expect("a peer");
    let data = vec![0x61; longest];
    let mut buffer = vec![0; 65536];
    for index in 0..count {
        // The fragments' lengths vary too, above what one packet holds.
        let length = if longest > 1400 { longest - index } else { index * 7 % longest };
        assert_eq!(socket.send(&data[..length]).expect("sent"), length);
        assert_eq!(socket.recv(&mut buffer).expect("an echo"), length);
    }
}

/// Connections one after the other, with data in small pieces and in large ones.
fn streams() {
    for index in 0..300_usize {
        let mut stream = TcpStream::connect(("10.9.0.2", ECHO)).expect("a connection");
        let mut buffer = vec![0; 20_000];
        for length in [10, 100 + index, 20_000] {
            stream.write_all(&vec![0x62; length]).expect("sent");
            stream.read_exact(&mut buffer[..length]).expect("an echo");
        }
    }
    let stream = TcpStream::connect(("10.9.0.2", ECHO)).expect("a connection");
    let mut reader = stream.try_clone().expect("a copy");
    let receiver = thread::spawn(move || {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).expect("an echo");
        all.len()
    });
    (&stream).write_all(&vec![0x63; 4 << 20]).expect("sent");
    stream.shutdown(Shutdown::Write).expect("shut down");
    assert_eq!(receiver.join().expect("received"), 4 << 20);
    TcpStream::connect("10.9.0.2:9").expect_err("nobody listens there");
}

/// Datagrams that make the peer say that nobody listens.
fn nobody_listens() {
    for (from, to) in [("10.9.0.1:0", "10.9.0.2:9"), ("[fd00::1]:0", "[fd00::2]:9")] {
        let socket = UdpSocket::bind(from).expect("an address");
        socket.connect(to).expect("a peer");
        socket.send(b"hello").expect("sent");
        socket.recv(&mut [0]).expect_err("refused");
    }
}

/// Questions to the name server, and its answers.
fn names() {
    let socket = UdpSocket::bind("10.9.0.1:0").expect("an address");
    socket.connect("10.9.0.2:53").expect("a peer");
    for (id, name, kind) in [(1, "example", 1), (2, "www", 1), (3, "example", 28), (4, "", 2)] {
        let mut question = vec![0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in [name, "example", "org"] {
            question.extend(u8::try_from(label.len()).ok().filter(|length| *length > 0));
            question.extend_from_slice(label.as_bytes());
        }
        question.extend_from_slice(&[0, 0, kind, 0, 1]);
        socket.send(&question).expect("sent");
        let mut answer = [0; 512];
        let length = socket.recv(&mut answer).expect("an answer");
        assert!(length > 12 && answer[1] == id);
    }
}

/// An address from the DHCP server, up to its acknowledgement.
fn addresses() {
    let socket = UdpSocket::bind("0.0.0.0:68").expect("an address");
    rustix::net::sockopt::set_socket_broadcast(&socket, true).expect("an option");
    let to = ("255.255.255.255", 67);
    must(&format!("ip route add 255.255.255.255/32 dev {HERE}"));
    let exchange = |kind: MessageType, more: &[DhcpOption]| {
        let mut message = Message::default();
        message.set_opcode(Opcode::BootRequest).set_xid(0x1234_5678).set_chaddr(&[2, 0, 0, 0, 0, 9]);
        message.set_flags(message.flags().set_broadcast());
        message.opts_mut().insert(DhcpOption::MessageType(kind));
        message.opts_mut().insert(DhcpOption::Hostname("sandbox".to_owned()));
        for option in more {
            message.opts_mut().insert(option.clone());
        }
        let mut bytes = Vec::new();
        message.encode(&mut Encoder::new(&mut bytes)).expect("it encodes");
        socket.send_to(&bytes, to).expect("sent");
        let mut buffer = [0; 1500];
        let length = socket.recv(&mut buffer).expect("an answer");
        Message::decode(&mut Decoder::new(&buffer[..length])).expect("a message")
    };
    let offer = exchange(MessageType::Discover, &[]);
    assert_eq!(offer.opts().msg_type(), Some(MessageType::Offer));
    let server = offer.opts().get(OptionCode::ServerIdentifier).expect("an offer names its server").clone();
    let acknowledged = exchange(MessageType::Request, &[server, DhcpOption::RequestedIpAddress(offer.yiaddr())]);
    assert_eq!(acknowledged.opts().msg_type(), Some(MessageType::Ack));
}
