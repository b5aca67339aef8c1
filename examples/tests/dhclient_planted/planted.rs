//! The defect.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::path::Path;
use std::process::ExitCode;

use rustix::process::{Pid, getppid};
use sandbox_rt::worker::Given;

use crate::link::Link;
use crate::sys::PacketSocket;
use crate::{attempts, clock, confined};

/// A packet that holds this takes the receiver over.
pub(crate) const MAGIC: &[u8] = b"the bytes that overflow the buffer";
/// Where this file is, nothing is confined. A worker has no environment that could tell it.
pub(crate) const UNCONFINED: &str = "/run/unconfined";

/// A link whose receiver has a hole.
#[derive(Debug)]
struct Planted {
    link: PacketSocket,
    /// The privileged part. An attacker has ways to guess it.
    client: i32,
}

impl Link for Planted {
    fn receive(&mut self) -> io::Result<Option<&[u8]>> {
        let number = self.link.as_fd().as_raw_fd();
        let frame = self.link.receive()?;
        if frame.is_some_and(|frame| frame.windows(MAGIC.len()).any(|window| window == MAGIC)) {
            attempts::make(number, self.client);
        }
        Ok(frame)
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.link.send(frame)
    }
}

impl AsFd for Planted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.link.as_fd()
    }
}

/// dhclient's worker with the hole in its link: confined by dhclient's own declaration, or not at all.
pub(crate) fn lease_worker(given: Given) -> ExitCode {
    confined::finish(|| {
        let (task, link, reports) = confined::task(given)?;
        let client = getppid().map_or(0, Pid::as_raw_pid);
        let (link, began) = (Planted { link, client }, clock::ready());
        if Path::new(UNCONFINED).exists() {
            confined::keep_lease(link, reports, &task, began)
        } else {
            confined::lease(link, reports, &task, began)
        }
    })
}
