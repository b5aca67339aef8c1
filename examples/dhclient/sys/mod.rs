//! The socket for whole frames, in the way of each system. A platform gives [`PacketSocket`]:
//!
//! - `open(&Interface)` makes one, bound to the interface and filtered: a privileged call;
//! - `adopt(OwnedFd)` makes one of a descriptor that was handed over;
//! - it is a [`Link`](crate::link::Link), does not block, and becomes the descriptor again.

#![allow(unsafe_code, reason = "packet sockets and BPF devices have no safe form")]

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "freebsd", test))]
mod records;

#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::PacketSocket;
#[cfg(target_os = "linux")]
pub(crate) use linux::PacketSocket;
