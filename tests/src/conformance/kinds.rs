//! The kinds of descriptors, each with the operations that work on it.

use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixDatagram, UnixStream};

use sandbox_policy::vocabulary::Access;
use sandbox_rt::Rights;

use super::operations::{
    attributes, control, directory, mapping, processes, reading, sockets, waiting, world, writing,
};
use super::{Operation, System};
use crate::scratch;
use crate::sys::functions;

/// A kind of descriptor.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name in those of the cases.
    pub name: &'static str,
    /// The system that has it, if it is one only.
    pub only: Option<System>,
    /// Makes one.
    pub make: fn() -> Object,
    /// Whether something beside it may be waited for. The rest of the process then waits for everything, on Linux.
    pub something_ready: bool,
    /// What is tried, in this order.
    pub operations: &'static [&'static [Operation]],
    /// What is declared beside each row of the vocabulary, and each request and command that the operations name. The names
    /// of requests stand for their numbers.
    pub declarations: &'static [&'static str],
    /// Whether entry accepts the rights on it.
    pub fits: fn(Rights) -> bool,
}

/// A descriptor, and what must stay open, held, for it to work: peers.
#[derive(Debug)]
pub struct Object {
    /// The descriptor.
    pub file: File,
    /// The others.
    pub kept: Vec<File>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Kind {
    /// Its operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        self.operations.iter().copied().flatten()
    }
}

impl Object {
    fn new(file: impl Into<File>) -> Self {
        Self { file: file.into(), kept: Vec::new() }
    }

    fn with(mut self, kept: impl Into<File>) -> Self {
        self.kept.push(kept.into());
        self
    }
}

/// A path of its own in the case's folder.
fn fresh() -> std::path::PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    scratch::path(&format!("{}-{number}", std::process::id()))
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
    let (terminal, mut controller) = functions::terminal();
    controller.write_all(b"a line\nanother line\n").expect("type");
    Object::new(terminal).with(controller)
}

fn event_queue() -> Object {
    Object::new(functions::queue())
}

fn process() -> Object {
    Object::new(functions::process())
}

#[cfg(target_os = "linux")]
fn inotify() -> Object {
    Object::new(functions::inotify(&scratch::folder()))
}

#[cfg(not(target_os = "linux"))]
fn inotify() -> Object {
    unreachable!("the kind is Linux's")
}

/// What stands for nothing in particular.
fn nothing() -> Object {
    Object::new(File::open("/dev/null").expect("the null device"))
}

fn datagrams() -> Object {
    let (socket, peer) = UnixDatagram::pair().expect("a pair");
    // A queue of Linux holds ten or more (net.unix.max_dgram_qlen); each read takes one.
    for _ in 0..10 {
        peer.send(b"x").expect("send");
    }
    Object::new(OwnedFd::from(socket)).with(OwnedFd::from(peer))
}

/// A directory with something for every operation.
fn a_directory() -> Object {
    let parent = fresh();
    let (folder, outside) = (parent.join("directory"), parent.join("outside"));
    for name in ["sub", "empty"] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    fs::create_dir(&outside).expect("a folder");
    for name in ["file", "removed"] {
        fs::write(outside.join(name), "text").expect("a file");
    }
    symlink("../outside/file", folder.join("out")).expect("a link");
    for name in ["file", "truncated", "moved", "removed", "replacing", "replaced", "sub/inner"] {
        fs::write(folder.join(name), "text").expect("a file");
    }
    symlink("file", folder.join("link")).expect("a link");
    Object::new(File::open(folder).expect("the directory"))
}

/// Rights that need `lookup`, which only directories have.
fn beneath(rights: Rights) -> bool {
    rights.contains(Rights::LOOKUP) || rights.granted().any(|row| row.needs.contains(Rights::LOOKUP))
}

/// What no directory and no listener has.
fn ordinary(rights: Rights) -> bool {
    !rights.contains(Rights::ACCEPT) && !beneath(rights)
}

fn reads(rights: Rights) -> bool {
    ordinary(rights) && !Access::of(rights).write
}

fn writes(rights: Rights) -> bool {
    ordinary(rights) && !Access::of(rights).read
}

fn listens(rights: Rights) -> bool {
    !beneath(rights)
}

fn looks_up(rights: Rights) -> bool {
    !rights.contains(Rights::ACCEPT) && (!beneath(rights) || rights.contains(Rights::LOOKUP))
}

fn none(_: Rights) -> bool {
    false
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "file",
        only: None,
        make: file,
        something_ready: false,
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
            control::FLAGS,
            control::READABLE,
            control::NO_TERMINAL,
            waiting::ALL,
        ],
        declarations: LISTS,
        fits: ordinary,
    },
    Kind {
        name: "pipe_reader",
        only: None,
        make: pipe_reader,
        something_ready: false,
        operations: &[
            reading::STREAM,
            attributes::STAT,
            control::ANY,
            control::FLAGS,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            waiting::ALL,
            waiting::WATCHED,
        ],
        declarations: LISTS,
        fits: reads,
    },
    Kind {
        name: "pipe_writer",
        only: None,
        make: pipe_writer,
        something_ready: false,
        operations: &[
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::FLAGS,
            control::SIGNALLING,
            waiting::ALL,
            waiting::WATCHED,
        ],
        declarations: LISTS,
        fits: writes,
    },
    Kind {
        name: "tcp_stream",
        only: None,
        make: stream,
        something_ready: false,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            writing::SENDFILE,
            writing::ADDRESSED,
            attributes::STAT,
            control::ANY,
            control::SOCKET_FLAGS,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            sockets::ANY,
            sockets::OPTIONS,
            sockets::CONNECTED,
            waiting::ALL,
            waiting::WATCHED,
            sockets::SHUTDOWN,
        ],
        declarations: LISTS,
        fits: ordinary,
    },
    Kind {
        name: "unix_stream",
        only: None,
        make: unix_stream,
        something_ready: false,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            writing::SENDFILE,
            attributes::STAT,
            control::ANY,
            control::SOCKET_FLAGS,
            control::READABLE,
            control::SIGNALLING,
            sockets::CONNECTED,
            waiting::ALL,
            waiting::WATCHED,
            sockets::SHUTDOWN,
        ],
        declarations: LISTS,
        fits: ordinary,
    },
    Kind {
        name: "unix_datagram",
        only: None,
        make: datagrams,
        something_ready: false,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            attributes::STAT,
            control::ANY,
            control::SOCKET_FLAGS,
            control::READABLE,
            control::SIGNALLING,
            sockets::CONNECTED,
            waiting::ALL,
            waiting::WATCHED,
            sockets::SHUTDOWN,
        ],
        declarations: LISTS,
        fits: ordinary,
    },
    Kind {
        name: "udp_connected",
        only: None,
        make: udp,
        something_ready: false,
        operations: &[
            reading::STREAM,
            reading::SOCKET,
            writing::STREAM,
            writing::SOCKET,
            attributes::STAT,
            control::ANY,
            control::SOCKET_FLAGS,
            control::READABLE,
            control::SIGNALLING,
            sockets::ANY,
            sockets::OPTIONS,
            sockets::CONNECTED,
            waiting::ALL,
            waiting::WATCHED,
            writing::ADDRESSED,
            sockets::SHUTDOWN,
        ],
        declarations: LISTS,
        fits: ordinary,
    },
    Kind {
        name: "tcp_listener",
        only: None,
        make: listener,
        something_ready: false,
        operations: &[
            attributes::STAT,
            control::ANY,
            control::SOCKET_FLAGS,
            sockets::ANY,
            sockets::OPTIONS,
            waiting::ALL,
            waiting::WATCHED,
            sockets::LISTENING,
        ],
        declarations: OF_LISTENERS,
        fits: listens,
    },
    Kind {
        name: "terminal",
        only: None,
        make: terminal,
        something_ready: false,
        operations: &[
            reading::STREAM,
            writing::STREAM,
            attributes::STAT,
            control::ANY,
            control::FLAGS,
            control::TERMINAL,
            waiting::ALL,
            waiting::WATCHED,
        ],
        declarations: &["hold", "read + write + isatty + winsize"],
        fits: ordinary,
    },
    Kind {
        name: "directory",
        only: None,
        make: a_directory,
        something_ready: false,
        operations: &[
            directory::OPEN,
            directory::OUT,
            directory::ATTRIBUTES,
            directory::MAKE,
            directory::TAKE,
            attributes::STAT,
            attributes::FILE,
            attributes::DIRECTORY,
            control::ANY,
            control::FLAGS,
            waiting::ALL,
        ],
        declarations: OF_DIRECTORIES,
        fits: looks_up,
    },
    Kind {
        name: "event_queue",
        only: None,
        make: event_queue,
        something_ready: true,
        operations: &[attributes::STAT, waiting::QUEUE],
        declarations: &["hold", "kqueue + fstat"],
        fits: ordinary,
    },
    Kind {
        name: "event_queue_waited_for",
        only: None,
        make: event_queue,
        something_ready: false,
        operations: &[attributes::STAT, waiting::ALL, waiting::WATCHED],
        declarations: &["hold", "kqueue + event"],
        fits: ordinary,
    },
    Kind {
        name: "process",
        only: None,
        make: process,
        something_ready: false,
        operations: &[attributes::STAT, processes::PROCESS, waiting::ALL, waiting::WATCHED],
        declarations: &["hold"],
        fits: ordinary,
    },
    Kind {
        name: "inotify",
        only: Some(System::Linux),
        make: inotify,
        something_ready: false,
        operations: &[attributes::STAT, control::READABLE, waiting::ALL, waiting::WATCHED, processes::WATCHES],
        declarations: &["hold", "inotify_rm + read"],
        fits: reads,
    },
    Kind {
        name: "nothing",
        only: None,
        make: nothing,
        something_ready: false,
        operations: &[world::PATHS, world::NETWORK, world::PROCESSES, world::OWN_BUSINESS],
        declarations: &["hold", "hold, allow(threads)"],
        fits: none,
    },
];

/// Several at once.
const LISTS: &[&str] = &[
    "hold",
    "ioctl(FIOCLEX, FIONCLEX)",
    "fcntl(getfl, setfl)",
    "fcntl(getfl, setfl, getown, setown)",
    "fcntl(getfl) + ioctl(FIONREAD)",
];

const OF_LISTENERS: &[&str] = &[
    "hold",
    "accept(recv)",
    "accept(send)",
    "accept(recv + send)",
    "accept(send + shutdown + getpeername) + event",
    "accept(recv + nonblocking)",
    "read + write",
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
    "lookup + fchflags",
    "lookup + bindat",
    "lookup + connectat",
    "lookup + mkdirat",
    "lookup + mkfifoat",
    "lookup + symlinkat",
    "lookup + unlinkat",
    "lookup + renameat_source",
    "lookup + renameat_target",
    "lookup + renameat_source + renameat_target",
    "lookup + renameat_source + renameat_target + unlinkat",
    "lookup + linkat_source",
    "lookup + linkat_source + linkat_target",
    "lookup + mkdirat + unlinkat + symlinkat",
];
