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
        fn peek(&self, buf: &mut [u8]) -> io::Result<usize> where [Grants<right::recv>];
        /// Shuts down one or both directions.
        fn shutdown(&self, how: Shutdown) -> io::Result<()> where [Grants<right::shutdown>];
        /// The address of the peer.
        fn peer_addr(&self) -> io::Result<SocketAddr> where [Grants<right::getpeername>];
        /// The address of its own.
        fn local_addr(&self) -> io::Result<SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// Whether small writes wait to be joined.
        fn nodelay(&self) -> io::Result<bool> where [Grants<right::getsockopt>];
        /// Sets whether small writes wait to be joined.
        fn set_nodelay(&self, nodelay: bool) -> io::Result<()> where [Grants<right::setsockopt>];
        /// How long a read waits.
        fn read_timeout(&self) -> io::Result<Option<Duration>> where [Grants<right::getsockopt>];
        /// Sets how long a read waits.
        fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// How long a write waits.
        fn write_timeout(&self) -> io::Result<Option<Duration>> where [Grants<right::getsockopt>];
        /// Sets how long a write waits.
        fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
    }
    TcpListener {
        /// The address of its own.
        fn local_addr(&self) -> io::Result<SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
    }
    UdpSocket {
        /// Receives a datagram.
        fn recv(&self, buf: &mut [u8]) -> io::Result<usize> where [Grants<right::recv>];
        /// Receives a datagram and its sender.
        fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> where [Grants<right::recv>];
        /// Receives a datagram without taking it.
        fn peek(&self, buf: &mut [u8]) -> io::Result<usize> where [Grants<right::recv>];
        /// Receives a datagram and its sender without taking it.
        fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> where [Grants<right::recv>];
        /// Sends to its one peer.
        fn send(&self, buf: &[u8]) -> io::Result<usize> where [Grants<right::send>];
        /// The address of the peer.
        fn peer_addr(&self) -> io::Result<SocketAddr> where [Grants<right::getpeername>];
        /// The address of its own.
        fn local_addr(&self) -> io::Result<SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// Sets how long a receipt waits.
        fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// Sets how long a sending waits.
        fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
    }
    UnixStream {
        /// Shuts down one or both directions.
        fn shutdown(&self, how: Shutdown) -> io::Result<()> where [Grants<right::shutdown>];
        /// The address of the peer.
        fn peer_addr(&self) -> io::Result<unix::SocketAddr> where [Grants<right::getpeername>];
        /// The address of its own.
        fn local_addr(&self) -> io::Result<unix::SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// Sets how long a read waits.
        fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// Sets how long a write waits.
        fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> where [Grants<right::setsockopt>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
    }
    UnixListener {
        /// The address of its own.
        fn local_addr(&self) -> io::Result<unix::SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
    }
    UnixDatagram {
        /// Receives a datagram.
        fn recv(&self, buf: &mut [u8]) -> io::Result<usize> where [Grants<right::recv>];
        /// Receives a datagram and its sender.
        fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, unix::SocketAddr)> where [Grants<right::recv>];
        /// Sends to its one peer.
        fn send(&self, buf: &[u8]) -> io::Result<usize> where [Grants<right::send>];
        /// The address of the peer.
        fn peer_addr(&self) -> io::Result<unix::SocketAddr> where [Grants<right::getpeername>];
        /// The address of its own.
        fn local_addr(&self) -> io::Result<unix::SocketAddr> where [Grants<right::getsockname>];
        /// Makes its calls return at once.
        fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> where [Grants<right::nonblocking>];
        /// The error that waits to be reported.
        fn take_error(&self) -> io::Result<Option<io::Error>> where [Grants<right::getsockopt>];
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
