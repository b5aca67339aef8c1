//! Sockets.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{self as unix, UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;

use super::narrow::marked;
use super::{Cap, operations};
use crate::{Grants, Mints, right};

operations! {
    TcpStream {
        /// Reads without taking.
        recv => fn peek(&self, buf: &mut [u8]) -> io::Result<usize>;
        /// Shuts down one or both directions.
        shutdown => fn shutdown(&self, how: Shutdown) -> io::Result<()>;
        /// The address of the peer.
        getpeername => fn peer_addr(&self) -> io::Result<SocketAddr>;
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// Whether small writes wait to be joined.
        getsockopt => fn nodelay(&self) -> io::Result<bool>;
        /// Sets whether small writes wait to be joined.
        setsockopt => fn set_nodelay(&self, nodelay: bool) -> io::Result<()>;
        /// How long a read waits.
        getsockopt => fn read_timeout(&self) -> io::Result<Option<Duration>>;
        /// Sets how long a read waits.
        setsockopt => fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// How long a write waits.
        getsockopt => fn write_timeout(&self) -> io::Result<Option<Duration>>;
        /// Sets how long a write waits.
        setsockopt => fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
    TcpListener {
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
    UdpSocket {
        /// Receives a datagram.
        recv => fn recv(&self, buf: &mut [u8]) -> io::Result<usize>;
        /// Receives a datagram and its sender.
        recv => fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)>;
        /// Receives a datagram without taking it.
        recv => fn peek(&self, buf: &mut [u8]) -> io::Result<usize>;
        /// Receives a datagram and its sender without taking it.
        recv => fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)>;
        /// Sends to its one peer.
        send => fn send(&self, buf: &[u8]) -> io::Result<usize>;
        /// The address of the peer.
        getpeername => fn peer_addr(&self) -> io::Result<SocketAddr>;
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// Sets how long a receipt waits.
        setsockopt => fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// Sets how long a sending waits.
        setsockopt => fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
    UnixStream {
        /// Shuts down one or both directions.
        shutdown => fn shutdown(&self, how: Shutdown) -> io::Result<()>;
        /// The address of the peer.
        getpeername => fn peer_addr(&self) -> io::Result<unix::SocketAddr>;
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<unix::SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// Sets how long a read waits.
        setsockopt => fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// Sets how long a write waits.
        setsockopt => fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
    UnixListener {
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<unix::SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
    UnixDatagram {
        /// Receives a datagram.
        recv => fn recv(&self, buf: &mut [u8]) -> io::Result<usize>;
        /// Receives a datagram and its sender.
        recv => fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, unix::SocketAddr)>;
        /// Sends to its one peer.
        send => fn send(&self, buf: &[u8]) -> io::Result<usize>;
        /// The address of the peer.
        getpeername => fn peer_addr(&self) -> io::Result<unix::SocketAddr>;
        /// The address of its own.
        getsockname => fn local_addr(&self) -> io::Result<unix::SocketAddr>;
        /// Makes its calls return at once.
        nonblocking => fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
        /// The error that waits to be reported.
        getsockopt => fn take_error(&self) -> io::Result<Option<io::Error>>;
    }
}

macro_rules! listeners {
    ($($listener:ty => $stream:ty, $address:ty;)*) => {
        $(impl<P> Cap<$listener, P> {
            /// Accepts a connection, with the rights that `accept(…)` declares for it.
            ///
            /// # Errors
            ///
            /// As accept(2).
            pub fn accept(&self) -> io::Result<(Cap<$stream, P::Minted>, $address)>
            where
                P: Grants<right::accept> + Mints,
            {
                self.inner.accept().map(|(stream, address)| (marked(stream), address))
            }
        })*
    };
}
listeners! {
    TcpListener => TcpStream, SocketAddr;
    UnixListener => UnixStream, unix::SocketAddr;
}

macro_rules! clones {
    ($($socket:ty),*) => {
        $(impl<P> Cap<$socket, P> {
            /// Another handle to the same socket.
            ///
            /// # Errors
            ///
            /// As the method of the same name in std.
            pub fn try_clone(&self) -> io::Result<Self>
            where
                P: Grants<right::dup>,
            {
                self.inner.try_clone().map(marked)
            }
        })*
    };
}
clones!(TcpStream, TcpListener, UdpSocket, UnixStream, UnixListener, UnixDatagram);
