//! What cannot be asked of the standard library: captures, by system, and what runs in a signal handler.
//!
//! A system's module has a type `Capture` with
//!
//! - `open(interface, options)`, which needs privileges,
//! - `link()`, `patience()`, how long the kernel may keep packets back, and `AsFd`, for poll(2),
//! - `batch()`, the packets that are there, without waiting; `None` if there are none,
//! - `statistics()`.

#![allow(unsafe_code, reason = "rings, requests to devices and handlers have no safe form")]

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;
pub(crate) mod signal;

#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::{Capture, STATISTICS};
#[cfg(target_os = "linux")]
pub(crate) use linux::Capture;

/// What the kernel counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Packets that it saw, those that it dropped included.
    pub(crate) received: u64,
    /// Packets for which there was no room.
    pub(crate) dropped: u64,
}
