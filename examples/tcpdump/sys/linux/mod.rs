//! Captures by packet sockets (packet(7)), with a ring that the kernel fills.

mod ring;
mod socket;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

pub(crate) use ring::Batch;
use ring::{RETIRE, Ring};

use super::Statistics;
use crate::cli;
use crate::failure::Failure;
use crate::packet::Link;

/// An interface that is listened to.
#[derive(Debug)]
pub(crate) struct Capture {
    socket: OwnedFd,
    ring: Ring,
    link: Link,
}

impl Capture {
    /// Listens to `interface`, as the options say.
    ///
    /// # Errors
    ///
    /// A line for the user: there is no such interface, it is down, it may not be captured from.
    pub(crate) fn open(interface: &str, options: cli::Capture) -> Result<Self, Failure> {
        let cli::Capture { snaplen, buffer, promiscuous } = options;
        let socket = socket::open().map_err(|error| refused(interface, &error))?;
        let failed = |error: io::Error| Failure::during(interface, &error);
        let index = socket::index(&socket, interface).map_err(failed)?;
        socket::set_snaplen(&socket, snaplen).map_err(failed)?;
        let ring = Ring::new(&socket, buffer).map_err(|error| Failure::during("capture ring", &error))?;
        // Last, so that no packet of another interface gets into the ring.
        let hardware = socket::bind(&socket, index).map_err(failed)?;
        let (link, loopback) = match hardware {
            libc::ARPHRD_ETHER => (Link::ETHERNET, false),
            libc::ARPHRD_LOOPBACK => (Link::ETHERNET, true),
            libc::ARPHRD_NONE => (Link::RAW, false),
            other => return Err(Failure::told(format_args!("{interface}: hardware type {other} is not supported"))),
        };
        if loopback {
            // Each packet would be seen twice: going out, and coming in.
            socket::ignore_outgoing(&socket).map_err(failed)?;
        }
        if promiscuous && !loopback {
            socket::be_promiscuous(&socket, index).map_err(failed)?;
        }
        socket::check(&socket).map_err(failed)?;
        Ok(Self { socket, ring, link })
    }

    pub(crate) fn link(&self) -> Link {
        self.link
    }

    /// How long the kernel may keep packets back.
    #[expect(clippy::unused_self, reason = "on other systems it depends on the device")]
    pub(crate) fn patience(&self) -> Duration {
        RETIRE
    }

    /// The packets that are there.
    ///
    /// # Errors
    ///
    /// The interface's: it went down, or away.
    pub(crate) fn batch(&mut self) -> io::Result<Option<Batch<'_>>> {
        if !self.ring.is_ready() {
            socket::check(&self.socket)?;
        }
        Ok(self.ring.batch(self.link))
    }

    /// What was counted since the last time.
    ///
    /// # Errors
    ///
    /// getsockopt(2)'s.
    pub(crate) fn statistics(&self) -> io::Result<Statistics> {
        socket::statistics(&self.socket)
    }
}

impl AsFd for Capture {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn refused(interface: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Failure::told(format_args!(
            "{interface}: no permission to capture on that device\n\
             help: run it as root, or give it CAP_NET_RAW (it keeps none of it)"
        )),
        _ => Failure::during(interface, error),
    }
}
