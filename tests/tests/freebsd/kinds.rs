//! The kinds of descriptors, each with the operations that work on it.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;

use sandbox_rt::Rights;
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;

use crate::compare::{self, Kind, Object};
use crate::operations::{attributes, control, directory, mapping, objects, reading, sockets, waiting, writing};
use crate::sys;

pub(crate) fn cases() -> Vec<Case> {
    KINDS.iter().copied().flat_map(compare::cases).collect()
}

/// A path of its own in the case's folder.
fn fresh() -> std::path::PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    scratch::path(&NEXT.fetch_add(1, Ordering::Relaxed).to_string())
}

fn file() -> Object {
    let path = fresh();
    fs::write(&path, [b'x'; 4096]).expect("a file");
    Object::new(File::options().read(true).write(true).open(path).expect("the file"))
}

/// A pipe's end holds what it needs to be read: as much as all operations take.
fn pipe_reader() -> Object {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(&[b'x'; 2000]).expect("fill it");
    Object::new(OwnedFd::from(reader)).with(OwnedFd::from(writer))
}

fn pipe_writer() -> Object {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    Object::new(OwnedFd::from(writer)).with(OwnedFd::from(reader))
}

fn stream() -> Object {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let stream = TcpStream::connect(listener.local_addr().expect("its address")).expect("a connection");
    let (mut peer, _) = listener.accept().expect("its other side");
    peer.write_all(&[b'x'; 2000]).expect("send");
    Object::new(OwnedFd::from(stream)).with(OwnedFd::from(peer))
}

fn unix_stream() -> Object {
    let (stream, mut peer) = UnixStream::pair().expect("a pair");
    peer.write_all(&[b'x'; 2000]).expect("send");
    Object::new(OwnedFd::from(stream)).with(OwnedFd::from(peer))
}

fn udp() -> Object {
    let (socket, peer) = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").expect("a socket")).into();
    let (socket, peer): (UdpSocket, UdpSocket) = (socket, peer);
    socket.connect(peer.local_addr().expect("an address")).expect("connect");
    peer.connect(socket.local_addr().expect("an address")).expect("connect");
    for _ in 0..40 {
        peer.send(b"x").expect("send");
    }
    Object::new(OwnedFd::from(socket)).with(OwnedFd::from(peer))
}

/// Connections wait: one for each operation.
fn listener() -> Object {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = listener.local_addr().expect("its address");
    let mut object = Object::new(OwnedFd::from(listener));
    for _ in 0..sockets::LISTENING.len() {
        let mut client = TcpStream::connect(address).expect("a connection");
        client.write_all(b"x").expect("send");
        object = object.with(OwnedFd::from(client));
    }
    object
}

fn terminal() -> Object {
    let (terminal, controller) = sys::terminal();
    Object::new(terminal).with(controller)
}

fn event_queue() -> Object {
    Object::new(rustix::event::kqueue::kqueue().expect("a queue"))
}

/// A child that waits until it is killed, which closing its descriptor does (pdfork(2)).
fn process() -> Object {
    Object::new(sys::process())
}

/// A directory with something for every operation.
fn a_directory() -> Object {
    let folder = fresh();
    for name in ["sub", "empty"] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    for name in ["file", "truncated", "moved", "removed", "sub/inner"] {
        fs::write(folder.join(name), "text").expect("a file");
    }
    symlink("file", folder.join("link")).expect("a link");
    Object::new(File::open(folder).expect("the directory"))
}

/// Rights of what is beneath a directory.
const BENEATH: Rights = Rights::CREATE
    .union(Rights::MKDIRAT)
    .union(Rights::MKFIFOAT)
    .union(Rights::MKNODAT)
    .union(Rights::SYMLINKAT)
    .union(Rights::UNLINKAT)
    .union(Rights::RENAMEAT_SOURCE)
    .union(Rights::RENAMEAT_TARGET)
    .union(Rights::LINKAT_SOURCE)
    .union(Rights::LINKAT_TARGET)
    .union(Rights::LOOKUP);

/// What no directory and no listener has.
fn ordinary(rights: Rights) -> bool {
    !rights.contains(Rights::ACCEPT) && rights.intersection(BENEATH).is_empty()
}

fn reads(rights: Rights) -> bool {
    ordinary(rights) && !access(rights).write
}

fn writes(rights: Rights) -> bool {
    ordinary(rights) && !access(rights).read
}

fn access(rights: Rights) -> sandbox_policy::vocabulary::Access {
    sandbox_policy::vocabulary::Access::of(rights)
}

fn listens(rights: Rights) -> bool {
    rights.intersection(BENEATH).is_empty()
}

fn looks_up(rights: Rights) -> bool {
    !rights.contains(Rights::ACCEPT) && (rights.intersection(BENEATH).is_empty() || rights.contains(Rights::LOOKUP))
}

const KINDS: &[Kind] = &[
    Kind {
        name: "file",
        make: file,
        socket: false,
        operations: &[
            reading::STREAM,
            reading::POSITIONED,
            writing::STREAM,
            writing::POSITIONED,
            mapping::ALL,
            attributes::STAT,
            attributes::FILE,
            attributes::REGULAR,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            waiting::ALL,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "pipe_reader",
        make: pipe_reader,
        socket: false,
        operations: &[
            reading::STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            waiting::ALL,
        ],
        declarations: control::OWNERS,
        fits: reads,
    },
    Kind {
        name: "pipe_writer",
        make: pipe_writer,
        socket: false,
        operations: &[writing::STREAM, attributes::STAT, control::ANY, control::SIGNALLING, waiting::ALL],
        declarations: control::OWNERS,
        fits: writes,
    },
    Kind {
        name: "tcp_stream",
        make: stream,
        socket: true,
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
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: control::OWNERS,
        fits: ordinary,
    },
    Kind {
        name: "unix_stream",
        make: unix_stream,
        socket: true,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::SIGNALLING,
            sockets::CONNECTED,
            waiting::ALL,
            sockets::SHUTDOWN,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "udp_connected",
        make: udp,
        socket: true,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::SIGNALLING,
            sockets::ANY,
            sockets::CONNECTED,
            waiting::ALL,
            writing::SOCKET,
            sockets::SHUTDOWN,
        ],
        declarations: control::DECLARATIONS,
        fits: ordinary,
    },
    Kind {
        name: "tcp_listener",
        make: listener,
        socket: true,
        operations: &[attributes::STAT, control::ANY, sockets::ANY, waiting::ALL, sockets::LISTENING],
        declarations: &[
            "hold",
            "accept(recv)",
            "accept(send)",
            "accept(recv + send)",
            "accept(send + shutdown + getpeername) + event",
            "accept(recv + nonblocking)",
            "read + write",
        ],
        fits: listens,
    },
    Kind {
        name: "terminal",
        make: terminal,
        socket: false,
        operations: &[writing::STREAM, attributes::STAT, control::ANY, control::TERMINAL, waiting::ALL],
        declarations: &["hold", "read + write + isatty + winsize", "ioctl(0x402c7413)", "ioctl(0x40087468)"],
        fits: ordinary,
    },
    Kind {
        name: "directory",
        make: a_directory,
        socket: false,
        operations: &[
            directory::OPEN,
            directory::ATTRIBUTES,
            directory::MAKE,
            directory::TAKE,
            attributes::STAT,
            attributes::FILE,
            attributes::DIRECTORY,
            control::ANY,
            waiting::ALL,
        ],
        declarations: OF_DIRECTORIES,
        fits: looks_up,
    },
    Kind {
        name: "event_queue",
        make: event_queue,
        socket: false,
        operations: &[attributes::STAT, waiting::ALL, waiting::QUEUE],
        declarations: &["hold", "kqueue + event"],
        fits: ordinary,
    },
    Kind {
        name: "process",
        make: process,
        socket: false,
        operations: &[attributes::STAT, objects::PROCESS, waiting::ALL],
        declarations: &["hold", "pdgetpid + pdkill"],
        fits: ordinary,
    },
];

const OF_DIRECTORIES: &[&str] = &[
    "hold",
    "lookup + read",
    "lookup + write",
    "lookup + read + write",
    "lookup + create",
    "lookup + write + create",
    "lookup + read + write + create + ftruncate",
    "lookup + write + ftruncate",
    "lookup + write + fsync",
    "lookup + read + fstat",
    "lookup + read + seek",
    "lookup + fstat",
    "lookup + fchmod + fchown + futimes",
    "lookup + mkdirat",
    "lookup + mkfifoat",
    "lookup + symlinkat",
    "lookup + unlinkat",
    "lookup + renameat_source",
    "lookup + renameat_target",
    "lookup + renameat_source + renameat_target",
    "lookup + linkat_source",
    "lookup + linkat_source + linkat_target",
    "lookup + mkdirat + unlinkat + symlinkat",
];
