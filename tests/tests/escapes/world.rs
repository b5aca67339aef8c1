//! What the attacker finds: descriptors with few rights, and a machine around them.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

use sandbox_rt::{Allow, Declared, OnViolation, Rights, Sandbox};
use sandbox_tests::sys::call;
use sandbox_tests::{args, scratch};

/// The declarations under which attempts are made. Each but `Kill` and `Report` adds one thing to `Sealed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Under {
    /// Nothing can be minted.
    Sealed,
    /// `event` on a descriptor: poll is allowed.
    Event,
    /// Connections can be accepted.
    Accept,
    /// A descriptor can be copied.
    Dup,
    /// A directory can be read.
    Directory,
    /// Threads can be started.
    Threads,
    /// Refusals are explained.
    Report,
    /// Refusals end the process.
    Kill,
}

impl Under {
    pub(crate) const ALL: [Self; 8] =
        [Self::Sealed, Self::Event, Self::Accept, Self::Dup, Self::Directory, Self::Threads, Self::Report, Self::Kill];
    /// Those under which numbers are pinned, because something can be minted.
    pub(crate) const MINTING: [Self; 3] = [Self::Accept, Self::Dup, Self::Directory];
}

/// The contents of every file.
pub(crate) const SECRET: &[u8] = b"a secret that is long enough";

/// Everything that is open in the process.
#[derive(Debug)]
pub(crate) struct World {
    /// `read`; open for writing too.
    pub(crate) input: File,
    /// `write`; open for reading too.
    pub(crate) out: File,
    /// `hold`: no right.
    pub(crate) held: File,
    /// Not declared.
    pub(crate) undeclared: File,
    /// `recv + send`, a connected unix socket.
    pub(crate) stream: UnixStream,
    /// `hold`: its peer.
    pub(crate) peer: UnixStream,
    /// `recv`, a datagram socket.
    pub(crate) datagram: UdpSocket,
    /// `accept(recv)` under [`Under::Accept`], else `hold`. Somebody has connected already.
    pub(crate) listener: TcpListener,
    /// `hold`: somebody.
    pub(crate) caller: TcpStream,
    /// `lookup + read` under [`Under::Directory`], else `hold`. Holds `file`.
    pub(crate) directory: File,
    /// `read + write + dup` under [`Under::Dup`], else `hold`.
    pub(crate) copied: File,
    /// The first one's reading end has `read`, the second one's writing end `write`; the other ends `hold`. Each holds
    /// some bytes.
    pub(crate) pipes: [(PipeReader, PipeWriter); 2],
    /// The process's own number.
    pub(crate) pid: u32,
    /// Its parent's.
    pub(crate) parent: u32,
}

impl World {
    /// Makes it all, in the case's folder.
    pub(crate) fn new() -> Self {
        let file = |name: &str| {
            let path = scratch::file(name, SECRET);
            File::options().read(true).write(true).open(path).expect("open a file")
        };
        let pipe = || {
            let (reader, mut writer) = std::io::pipe().expect("a pipe");
            writer.write_all(SECRET).expect("fill the pipe");
            (reader, writer)
        };
        let (stream, peer) = UnixStream::pair().expect("a pair of sockets");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
        let caller = TcpStream::connect(listener.local_addr().expect("its address")).expect("connect to it");
        let folder = scratch::path("directory");
        if !folder.exists() {
            std::fs::create_dir(&folder).expect("a folder");
        }
        std::fs::write(folder.join("file"), SECRET).expect("a file in it");
        Self {
            input: file("input"),
            out: file("out"),
            held: file("held"),
            undeclared: file("undeclared"),
            stream,
            peer,
            datagram: UdpSocket::bind(("127.0.0.1", 0)).expect("a datagram socket"),
            listener,
            caller,
            directory: File::open(folder).expect("open the folder"),
            copied: file("copied"),
            pipes: [pipe(), pipe()],
            pid: std::process::id(),
            parent: std::os::unix::process::parent_id(),
        }
    }

    /// Confines the process.
    pub(crate) fn enter(&self, under: Under) {
        let on_violation = match under {
            Under::Kill => OnViolation::Kill,
            Under::Report => OnViolation::Report,
            Under::Sealed | Under::Event | Under::Accept | Under::Dup | Under::Directory | Under::Threads => {
                OnViolation::Error
            }
        };
        let hold = || declared("hold");
        let only = |wanted: Under, rights: &str| if under == wanted { declared(rights) } else { hold() };
        let read = if under == Under::Event { Rights::READ | Rights::EVENT } else { Rights::READ };
        let mut sandbox = Sandbox::new("attacked")
            .on_violation(on_violation)
            .grant("input", &self.input, read)
            .grant("out", &self.out, Rights::WRITE)
            .grant("held", &self.held, hold())
            .grant("stream", &self.stream, Rights::READ | Rights::WRITE)
            .grant("peer", &self.peer, hold())
            .grant("datagram", &self.datagram, Rights::READ)
            .grant("listener", &self.listener, only(Under::Accept, "accept(read)"))
            .grant("caller", &self.caller, hold())
            .grant("directory", &self.directory, only(Under::Directory, "lookup + read"))
            .grant("pipes[0].reader", &self.pipes[0].0, Rights::READ)
            .grant("pipes[0].writer", &self.pipes[0].1, hold())
            .grant("pipes[1].reader", &self.pipes[1].0, hold())
            .grant("pipes[1].writer", &self.pipes[1].1, Rights::WRITE)
            .grant("copied", &self.copied, only(Under::Dup, "read + write + dup"));
        if under == Under::Threads {
            sandbox = sandbox.allow(Allow::Threads);
        }
        sandbox.enter().expect("enter");
        // What was declared works: a refusal of everything would prove nothing.
        let read = call(libc::SYS_read, args![self.input.as_raw_fd(), &mut [0_u8], 0]);
        assert_eq!(read, Ok(0), "reading what may be read");
    }
}

/// A declaration from its text.
pub(crate) fn declared(rights: &str) -> Declared {
    rights.parse().unwrap_or_else(|error| panic!("`{rights}`: {error}"))
}
