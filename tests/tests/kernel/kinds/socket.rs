//! Internet sockets.

use std::fs::File;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;

use sandbox_rt::Rights;

use super::{beneath, ordinary, partners};
use crate::compare::{Kind, Object, no_partners};
use crate::operation::Partner;
use crate::operations::{attributes, control, reading, sockets, two, waiting, writing};

fn own(socket: impl Into<OwnedFd>) -> File {
    socket.into().into()
}

fn stream() -> Object {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let stream = TcpStream::connect(listener.local_addr().expect("its address")).expect("a connection");
    let (mut peer, _) = listener.accept().expect("its other side");
    peer.write_all(&[b'x'; 2000]).expect("send");
    Object::new(own(stream)).with(own(peer))
}

fn listener() -> Object {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = listener.local_addr().expect("its address");
    let mut object = Object::new(own(listener));
    for _ in 0..12 {
        let mut client = TcpStream::connect(address).expect("a connection");
        client.write_all(b"x").expect("send");
        object = object.with(own(client));
    }
    object
}

fn udp() -> Object {
    let (socket, peer) = (UdpSocket::bind("127.0.0.1:0"), UdpSocket::bind("127.0.0.1:0"));
    let (socket, peer) = (socket.expect("a socket"), peer.expect("a socket"));
    socket.connect(peer.local_addr().expect("an address")).expect("connect");
    peer.connect(socket.local_addr().expect("an address")).expect("connect");
    for _ in 0..40 {
        peer.send(b"x").expect("send");
    }
    Object::new(own(socket)).with(own(peer))
}

/// A TCP socket that is neither bound nor connected.
fn unconnected() -> Object {
    use rustix::net::{AddressFamily, SocketType, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    Object::new(socket)
}

fn beside_a_listener() -> Vec<Partner> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    vec![Partner { name: "listener", file: own(listener), rights: Rights::GETSOCKNAME }]
}

fn listens(rights: Rights) -> bool {
    !rights.contains(Rights::LOOKUP) && !beneath(rights)
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "tcp_stream",
        make: stream,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            writing::TO_AN_ADDRESS,
            two::TO_PIPE,
            two::TO_STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::CONNECTED,
            sockets::INTERNET,
            sockets::TCP,
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: STREAM,
        fits: ordinary,
    },
    Kind {
        name: "tcp_listener",
        make: listener,
        partners: no_partners,
        operations: &[
            attributes::STAT,
            control::ANY,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::INTERNET,
            sockets::TCP,
            waiting::ALL,
            sockets::LISTENING,
            sockets::ACCEPTED,
        ],
        declarations: LISTENER,
        fits: listens,
    },
    Kind {
        name: "udp_connected",
        make: udp,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            writing::TO_AN_ADDRESS,
            two::TO_PIPE,
            two::TO_STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::CONNECTED,
            sockets::INTERNET,
            sockets::FILTERED,
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "tcp_unbound",
        make: unconnected,
        partners: no_partners,
        operations: &[sockets::UNBOUND],
        declarations: &["hold"],
        fits: ordinary,
    },
    Kind {
        name: "tcp_unconnected",
        make: unconnected,
        partners: beside_a_listener,
        operations: &[sockets::UNCONNECTED],
        declarations: &["hold"],
        fits: ordinary,
    },
    Kind {
        name: "tcp_fast_open",
        make: unconnected,
        partners: beside_a_listener,
        operations: &[sockets::FAST_OPEN],
        declarations: &["hold"],
        fits: ordinary,
    },
];

const STREAM: &[&str] = &[
    "hold",
    "read + write + shutdown + event",
    "ioctl(0x541b)",
    "ioctl(0x5421)",
    "fcntl(getfl)",
    "fcntl(setfl)",
    "fcntl(getown)",
    "fcntl(setown)",
];

const LISTENER: &[&str] = &[
    "hold",
    "accept(recv)",
    "accept(recv + send)",
    "accept(send + shutdown + getpeername) + event",
    "accept(accept(recv))",
    "ioctl(0x5421)",
    "fcntl(setfl)",
];
