//! The link to the network as the client uses it.

use std::io;
use std::os::fd::AsFd;

/// A network interface's frames.
pub(crate) trait Link: AsFd {
    /// The next frame that has arrived; `None` where there is none now.
    ///
    /// # Errors
    ///
    /// What the system says, but that there is nothing.
    fn receive(&mut self) -> io::Result<Option<&[u8]>>;

    /// Sends a whole frame.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn send(&mut self, frame: &[u8]) -> io::Result<()>;
}

/// The interface that the client works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) name: String,
    /// The kernel's number for it.
    pub(crate) index: u32,
    pub(crate) mac: crate::frame::Mac,
}
