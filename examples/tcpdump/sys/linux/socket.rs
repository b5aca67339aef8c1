//! A packet socket and its options.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use super::Statistics;

/// Classic BPF: return the constant, which is how many bytes are kept.
const RETURN: u16 = 0x06;

/// A size as the kernel takes it.
fn size_of_value<T>() -> libc::socklen_t {
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or(libc::socklen_t::MAX)
}

/// A constant that C has as an int and the kernel as 16 bits.
fn short(constant: libc::c_int) -> u16 {
    u16::try_from(constant).unwrap_or(u16::MAX)
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A socket that gets nothing yet.
pub(super) fn open() -> io::Result<OwnedFd> {
    // SAFETY: socket(2) takes no pointer. Protocol 0 receives nothing.
    let number = checked(unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) })?;
    // SAFETY: the kernel has just made this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// The number of an interface.
pub(super) fn index(socket: &OwnedFd, interface: &str) -> io::Result<libc::c_int> {
    let index = rustix::net::netdevice::name_to_index(socket, interface)?;
    libc::c_int::try_from(index).map_err(io::Error::other)
}

/// Sets an option of the level `SOL_PACKET`.
pub(super) fn set<T>(socket: &OwnedFd, option: libc::c_int, value: &T) -> io::Result<()> {
    set_at(socket, libc::SOL_PACKET, option, value)
}

fn set_at<T>(socket: &OwnedFd, level: libc::c_int, option: libc::c_int, value: &T) -> io::Result<()> {
    let value = std::ptr::from_ref(value).cast();
    // SAFETY: `value` is live and as long as the kernel is told; setsockopt(2) only reads it.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, value, size_of_value::<T>()) }).map(drop)
}

/// Gets an option, whose type is made of numbers only.
fn get<T: Default>(socket: &OwnedFd, level: libc::c_int, option: libc::c_int) -> io::Result<T> {
    let mut value = T::default();
    let mut length = size_of_value::<T>();
    let place = (&raw mut value).cast();
    // SAFETY: `place` is live for `length` bytes, and the kernel writes at most so many; any bytes are a valid value.
    checked(unsafe { libc::getsockopt(socket.as_raw_fd(), level, option, place, &raw mut length) })?;
    Ok(value)
}

/// Has the kernel keep at most `snaplen` bytes of each packet.
pub(super) fn set_snaplen(socket: &OwnedFd, snaplen: u32) -> io::Result<()> {
    let mut code = libc::sock_filter { code: RETURN, jt: 0, jf: 0, k: snaplen };
    let program = libc::sock_fprog { len: 1, filter: &raw mut code };
    set_at(socket, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
}

/// Listens to the interface. Returns its hardware type (`ARPHRD_…`).
pub(super) fn bind(socket: &OwnedFd, index: libc::c_int) -> io::Result<u16> {
    let mut address = link_address();
    address.sll_protocol = short(libc::ETH_P_ALL).to_be();
    address.sll_ifindex = index;
    let length = size_of_value::<libc::sockaddr_ll>();
    // SAFETY: the address is live and `length` is its size; bind(2) only reads it.
    checked(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) })?;
    let mut length = length;
    // SAFETY: the address is live and `length` is its size; the kernel writes no more than that.
    checked(unsafe { libc::getsockname(socket.as_raw_fd(), (&raw mut address).cast(), &raw mut length) })?;
    Ok(address.sll_hatype)
}

fn link_address() -> libc::sockaddr_ll {
    libc::sockaddr_ll {
        sll_family: short(libc::AF_PACKET),
        sll_protocol: 0,
        sll_ifindex: 0,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    }
}

/// Since Linux 4.20.
pub(super) fn ignore_outgoing(socket: &OwnedFd) -> io::Result<()> {
    set(socket, libc::PACKET_IGNORE_OUTGOING, &1_i32)
}

/// Has the interface take packets for others too, as long as the socket is open.
pub(super) fn be_promiscuous(socket: &OwnedFd, index: libc::c_int) -> io::Result<()> {
    let kind = short(libc::PACKET_MR_PROMISC);
    let request = libc::packet_mreq { mr_ifindex: index, mr_type: kind, mr_alen: 0, mr_address: [0; 8] };
    set(socket, libc::PACKET_ADD_MEMBERSHIP, &request)
}

/// Fails with the error that the socket has pending: the interface is down, or gone.
pub(super) fn check(socket: &OwnedFd) -> io::Result<()> {
    match get::<i32>(socket, libc::SOL_SOCKET, libc::SO_ERROR)? {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// What the kernel counted since the last time.
pub(super) fn statistics(socket: &OwnedFd) -> io::Result<Statistics> {
    // packets, drops, freeze_q_cnt (`struct tpacket_stats_v3`).
    let [received, dropped, _] = get::<[u32; 3]>(socket, libc::SOL_PACKET, libc::PACKET_STATISTICS)?;
    Ok(Statistics { received: received.into(), dropped: dropped.into() })
}
