//! A packet socket (packet(7)).

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

use rustix::io::{Errno, read, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::filter;
use crate::link::{Interface, Link};

/// The longest frame that is read: with a VLAN tag.
const FRAME_MAX: usize = 1518;

/// A socket for the frames of one interface.
#[derive(Debug)]
pub(crate) struct PacketSocket {
    descriptor: OwnedFd,
    buffer: [u8; FRAME_MAX],
}

impl PacketSocket {
    /// Opens one that gets the client's frames only. It needs `CAP_NET_RAW`.
    ///
    /// # Errors
    ///
    /// As socket(2), setsockopt(2) and bind(2).
    pub(crate) fn open(interface: &Interface) -> io::Result<Self> {
        // Of no protocol, it receives nothing until it is bound: nothing passes by the filter.
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let descriptor = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)?;
        set_filter(descriptor.as_fd())?;
        bind(descriptor.as_fd(), interface.index)?;
        Self::adopt(descriptor)
    }

    /// Takes over a descriptor that [`PacketSocket::open`] made.
    ///
    /// # Errors
    ///
    /// None; on other systems, a descriptor of another kind.
    #[expect(clippy::unnecessary_wraps, reason = "the contract of every platform")]
    pub(crate) fn adopt(descriptor: OwnedFd) -> io::Result<Self> {
        Ok(Self { descriptor, buffer: [0; FRAME_MAX] })
    }
}

impl Link for PacketSocket {
    fn receive(&mut self) -> io::Result<Option<&[u8]>> {
        match read(&self.descriptor, &mut self.buffer) {
            Ok(length) => Ok(Some(&self.buffer[..length])),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        write(&self.descriptor, frame)?;
        Ok(())
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl From<PacketSocket> for OwnedFd {
    fn from(socket: PacketSocket) -> Self {
        socket.descriptor
    }
}

/// Attaches the filter, and locks it.
fn set_filter(socket: BorrowedFd<'_>) -> io::Result<()> {
    let mut program: Vec<libc::sock_filter> = filter::received()
        .into_iter()
        .map(|instruction| libc::sock_filter {
            code: instruction.code,
            jt: instruction.then,
            jf: instruction.otherwise,
            k: instruction.value,
        })
        .collect();
    let length = u16::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let described = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    set_option(socket, libc::SO_ATTACH_FILTER, &described)?;
    let on: libc::c_int = 1;
    set_option(socket, libc::SO_LOCK_FILTER, &on)
}

fn set_option<T>(socket: BorrowedFd<'_>, option: libc::c_int, value: &T) -> io::Result<()> {
    let length = libc::socklen_t::try_from(size_of::<T>()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let pointer = (&raw const *value).cast();
    // SAFETY: `value` is live and `length` bytes long; where it is a program, its instructions are live too.
    let set = unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, pointer, length) };
    if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Binds it to the interface, for the frames of every protocol.
fn bind(socket: BorrowedFd<'_>, index: u32) -> io::Result<()> {
    let wrong = |_| io::ErrorKind::InvalidInput;
    let every = u16::try_from(libc::ETH_P_ALL).map_err(wrong)?;
    let address = libc::sockaddr_ll {
        sll_family: u16::try_from(libc::AF_PACKET).map_err(wrong)?,
        sll_protocol: every.to_be(),
        sll_ifindex: i32::try_from(index).map_err(wrong)?,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    let length = libc::socklen_t::try_from(size_of_val(&address)).map_err(wrong)?;
    // SAFETY: `address` is live and `length` bytes long.
    let bound = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if bound == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use super::*;
    use crate::frame::{Arp, Envelope, Mac, dhcp};

    /// The kernel itself runs the filter, on another kind of socket that anybody may have.
    #[test]
    fn the_filter_passes_what_the_client_needs() {
        let (sender, receiver) = UnixDatagram::pair().expect("a pair");
        set_filter(receiver.as_fd()).expect("a filter");
        let host = (Mac([2, 0, 0, 0, 0, 1]), std::net::Ipv4Addr::new(192, 0, 2, 1));
        let request = dhcp(&Envelope { from: host, to: host }, b"message");
        let with = |changes: &[(usize, u8)]| {
            // From port 67 to port 68.
            let mut frame = request.clone();
            for (place, value) in [(35, 67), (37, 68)].iter().chain(changes) {
                frame[*place] = *value;
            }
            frame
        };
        let mut longer_header = with(&[(14, 0x46)]);
        longer_header.splice(34..34, [0; 4]);
        let arp = Arp { request: true, sender: host.0, sender_address: host.1, target_address: host.1 }.encode();
        let passed = [with(&[]), longer_header, arp];
        let dropped = [
            request.clone(),
            with(&[(35, 66)]),
            with(&[(37, 69)]),
            with(&[(36, 1)]),
            with(&[(23, 6)]),
            with(&[(20, 0x20)]),
            with(&[(21, 1)]),
            with(&[(12, 0x86), (13, 0xdd)]),
            with(&[])[..30].to_vec(),
            Vec::new(),
        ];
        for frame in dropped.iter().chain(&passed) {
            // A frame that the filter drops is not sent at all on such a pair, and that is no error.
            let _ = sender.send(frame);
        }
        receiver.set_nonblocking(true).expect("a socket");
        let mut buffer = [0; FRAME_MAX];
        let arrived = passed.clone().map(|_| receiver.recv(&mut buffer).map(|length| buffer[..length].to_vec()).ok());
        assert_eq!(arrived, passed.map(Some));
        assert!(receiver.recv(&mut buffer).is_err(), "one more");
    }

    #[test]
    fn the_filter_cannot_be_taken_off() {
        let (socket, _) = UnixDatagram::pair().expect("a pair");
        set_filter(socket.as_fd()).expect("a filter");
        let on: libc::c_int = 1;
        let refused = set_option(socket.as_fd(), libc::SO_DETACH_FILTER, &on).map_err(|error| error.raw_os_error());
        assert_eq!(refused, Err(Some(libc::EPERM)));
        let refused = set_filter(socket.as_fd()).map_err(|error| error.raw_os_error());
        assert_eq!(refused, Err(Some(libc::EPERM)));
    }
}
