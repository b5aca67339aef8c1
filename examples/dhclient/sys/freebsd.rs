//! A BPF device (bpf(4)). Unlike a packet socket on Linux it also filters what is sent: the confined part can send ARP
//! and DHCP requests, and nothing else.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, read, write};

use super::records;
use crate::filter::{self, Instruction};
use crate::link::{Interface, Link};

// net/bpf.h; those that the libc crate has not.
const BIOCSETIF: libc::c_ulong = 0x8020_426c;
const BIOCIMMEDIATE: libc::c_ulong = 0x8004_4270;
const BIOCSHDRCMPLT: libc::c_ulong = 0x8004_4275;
const BIOCSDIRECTION: libc::c_ulong = 0x8004_4277;
const BIOCGDLT: libc::c_ulong = 0x4004_426a;
const BIOCLOCK: libc::c_ulong = 0x2000_427a;
const BIOCSETWF: libc::c_ulong = 0x8010_427b;
/// `BPF_D_IN`: what this host sends is not shown.
const INCOMING: libc::c_uint = 0;
/// `DLT_EN10MB`.
const ETHERNET: libc::c_uint = 1;

/// `struct bpf_program`.
#[repr(C)]
struct Program {
    length: libc::c_uint,
    instructions: *const Instruction,
}

/// A device for the frames of one interface.
#[derive(Debug)]
pub(crate) struct PacketSocket {
    descriptor: OwnedFd,
    /// As long as the kernel wants it: each read is of the whole.
    buffer: Vec<u8>,
    /// How much of it was read, and where the next frame's record starts.
    filled: usize,
    start: usize,
}

impl PacketSocket {
    /// Opens one that gets and sends the client's frames only. It needs the right to open `/dev/bpf`.
    ///
    /// # Errors
    ///
    /// As open(2) and ioctl(2); [`io::ErrorKind::Unsupported`] if the interface is no Ethernet.
    pub(crate) fn open(interface: &Interface) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let descriptor = open("/dev/bpf", flags, Mode::empty())?;
        let device = descriptor.as_fd();
        // The filters come first: nothing passes by them.
        set_filter(device, libc::BIOCSETF, &filter::received())?;
        set_filter(device, BIOCSETWF, &filter::sent())?;
        let on: libc::c_uint = 1;
        control(device, BIOCIMMEDIATE, &on)?;
        control(device, BIOCSHDRCMPLT, &on)?;
        control(device, BIOCSDIRECTION, &INCOMING)?;
        control(device, BIOCSETIF, &request(&interface.name)?)?;
        if asked(device, BIOCGDLT)? != ETHERNET {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "it is no Ethernet interface"));
        }
        control(device, BIOCLOCK, &())?;
        Self::adopt(descriptor)
    }

    /// Takes over a descriptor that [`PacketSocket::open`] made.
    ///
    /// # Errors
    ///
    /// If it is no BPF device.
    pub(crate) fn adopt(descriptor: OwnedFd) -> io::Result<Self> {
        let length = asked(descriptor.as_fd(), libc::BIOCGBLEN)?;
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Self { descriptor, buffer: vec![0; length], filled: 0, start: 0 })
    }
}

impl Link for PacketSocket {
    fn receive(&mut self) -> io::Result<Option<&[u8]>> {
        if self.start >= self.filled {
            match read(&self.descriptor, &mut self.buffer) {
                Ok(length) => (self.filled, self.start) = (length, 0),
                Err(Errno::AGAIN | Errno::INTR) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        let Some((frame, following)) = records::next(&self.buffer[..self.filled], self.start) else {
            self.start = self.filled;
            return Ok(None);
        };
        self.start = following;
        Ok(Some(&self.buffer[frame]))
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

fn set_filter(device: BorrowedFd<'_>, command: libc::c_ulong, program: &[Instruction]) -> io::Result<()> {
    let length = libc::c_uint::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    control(device, command, &Program { length, instructions: program.as_ptr() })
}

/// The interface's name as ioctl(2) wants it.
fn request(name: &str) -> io::Result<libc::ifreq> {
    // SAFETY: all bytes zero are a valid value of every member.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last byte stays zero.
    if name.len() >= request.ifr_name.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
        // Signed on some processors and not on others.
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    Ok(request)
}

/// An ioctl(2) that reads `argument`, which is of the type that the command takes.
fn control<T>(device: BorrowedFd<'_>, command: libc::c_ulong, argument: &T) -> io::Result<()> {
    // SAFETY: `argument` is live and of the command's type; a program's instructions are live for the call as well.
    let done = unsafe { libc::ioctl(device.as_raw_fd(), command, &raw const *argument) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// An ioctl(2) that gives a number.
fn asked(device: BorrowedFd<'_>, command: libc::c_ulong) -> io::Result<libc::c_uint> {
    let mut number: libc::c_uint = 0;
    // SAFETY: `number` is live, and of the type that both commands write.
    let done = unsafe { libc::ioctl(device.as_raw_fd(), command, &raw mut number) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(number) }
}
