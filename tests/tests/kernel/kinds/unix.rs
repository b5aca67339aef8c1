//! Unix sockets: a pair of streams, a pair of datagram sockets.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};

use super::{ordinary, partners};
use crate::compare::{Kind, Object};
use crate::operations::{attributes, control, reading, sockets, two, waiting, writing};

fn own(socket: impl Into<OwnedFd>) -> File {
    socket.into().into()
}

fn stream() -> Object {
    let (stream, mut peer) = UnixStream::pair().expect("a pair");
    peer.write_all(&[b'x'; 2000]).expect("send");
    Object::new(own(stream)).with(own(peer))
}

fn datagram() -> Object {
    let (socket, peer) = UnixDatagram::pair().expect("a pair");
    // The queue holds ten or more (net.unix.max_dgram_qlen); every read takes one.
    for _ in 0..10 {
        peer.send(b"x").expect("send");
    }
    Object::new(own(socket)).with(own(peer))
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "unix_stream",
        make: stream,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            two::TO_PIPE,
            two::TO_STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::CONNECTED,
            sockets::UNIX,
            sockets::FILTERED,
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "unix_datagram",
        make: datagram,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::CONNECTED,
            sockets::UNIX,
            sockets::FILTERED,
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
];
