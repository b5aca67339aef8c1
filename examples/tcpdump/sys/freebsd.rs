//! Captures by the packet filter's device (bpf(4)).

use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::time::Duration;

use super::Statistics;
use crate::cli;
use crate::failure::Failure;
use crate::packet::{Link, Packet};

/// The request that the confined part makes.
pub(crate) const STATISTICS: c_ulong = libc::BIOCGSTATS;

/// Classic BPF: return the constant, which is how many bytes are kept.
const RETURN: u16 = 0x06;

/// An interface that is listened to.
#[derive(Debug)]
pub(crate) struct Capture {
    device: File,
    link: Link,
    /// What is read at once: its length is the one that the kernel wants.
    buffer: Vec<u8>,
}

impl Capture {
    /// Listens to `interface`, as the options say.
    ///
    /// # Errors
    ///
    /// A line for the user: there is no such interface, it is down, it may not be captured from.
    pub(crate) fn open(interface: &str, options: cli::Capture) -> Result<Self, Failure> {
        let device = File::open("/dev/bpf").map_err(|error| refused(interface, &error))?;
        let (link, length) = set_up(&device, interface, options).map_err(|error| Failure::during(interface, &error))?;
        Ok(Self { device, link, buffer: vec![0; length] })
    }

    pub(crate) fn link(&self) -> Link {
        self.link
    }

    /// How long the kernel may keep packets back: not at all, in immediate mode.
    #[expect(clippy::unused_self, reason = "on other systems it depends on the ring")]
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// The packets that are there.
    ///
    /// # Errors
    ///
    /// The interface's: it went away.
    pub(crate) fn batch(&mut self) -> io::Result<Option<Batch<'_>>> {
        match self.device.read(&mut self.buffer) {
            Ok(0) => Ok(None),
            Ok(length) => Ok(Some(Batch { bytes: &self.buffer[..length], link: self.link })),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What was counted since the beginning.
    ///
    /// # Errors
    ///
    /// ioctl(2)'s.
    pub(crate) fn statistics(&self) -> io::Result<Statistics> {
        let mut counted = libc::bpf_stat { bs_recv: 0, bs_drop: 0 };
        request(&self.device, STATISTICS, &mut counted)?;
        Ok(Statistics { received: counted.bs_recv.into(), dropped: counted.bs_drop.into() })
    }
}

impl AsFd for Capture {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

/// Returns the link type, and the length of a read.
fn set_up(device: &File, interface: &str, options: cli::Capture) -> io::Result<(Link, usize)> {
    let cli::Capture { snaplen, buffer, promiscuous } = options;
    // Before the interface, so that none of its packets come without. The kernel takes less, if it allows only less.
    let mut wanted: c_uint = buffer;
    request(device, libc::BIOCSBLEN, &mut wanted)?;
    let mut code = libc::bpf_insn { code: RETURN, jt: 0, jf: 0, k: snaplen };
    request(device, libc::BIOCSETF, &mut libc::bpf_program { bf_len: 1, bf_insns: &raw mut code })?;
    request(device, libc::BIOCSETIF, &mut named(interface)?)?;
    request(device, libc::BIOCIMMEDIATE, &mut c_uint::from(true))?;
    if promiscuous {
        request(device, c_ulong::from(libc::BIOCPROMISC), &mut [0_u8; 0])?;
    }
    request(device, libc::FIONBIO, &mut c_int::from(true))?;
    let (mut link, mut length): (c_uint, c_uint) = (0, 0);
    request(device, libc::BIOCGDLT, &mut link)?;
    request(device, libc::BIOCGBLEN, &mut length)?;
    Ok((Link::from_file(link), length as usize))
}

/// The request's argument for an interface.
fn named(interface: &str) -> io::Result<libc::ifreq> {
    // SAFETY: the structure is made of numbers, and of a union of such.
    let mut argument: libc::ifreq = unsafe { std::mem::zeroed() };
    let name = interface.as_bytes();
    // The last byte stays 0.
    if name.len() >= argument.ifr_name.len() || name.contains(&0) {
        return Err(io::Error::from_raw_os_error(libc::ENXIO));
    }
    for (place, byte) in argument.ifr_name.iter_mut().zip(name) {
        *place = c_char::from_ne_bytes([*byte]);
    }
    Ok(argument)
}

/// An ioctl(2) whose argument is what `T` is.
fn request<T>(device: &File, request: c_ulong, argument: &mut T) -> io::Result<()> {
    // SAFETY: each request of this file is called with the type of its argument (bpf(4)), which is live, and which the
    // kernel reads and writes as a whole and does not keep.
    match unsafe { libc::ioctl(device.as_raw_fd(), request, std::ptr::from_mut(argument)) } {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn refused(interface: &str, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::PermissionDenied => Failure::told(format_args!(
            "{interface}: no permission to capture on that device\n\
             help: run it as root, or as a user who may read /dev/bpf"
        )),
        _ => Failure::during("/dev/bpf", error),
    }
}

/// The packets of one read.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    bytes: &'a [u8],
    link: Link,
}

impl Batch<'_> {
    /// The next packet.
    pub(crate) fn next(&mut self) -> Option<Packet<'_>> {
        let place = self.bytes.get(..size_of::<libc::bpf_hdr>())?;
        // SAFETY: so many bytes are there, and the header is made of numbers, of which all bytes are valid ones.
        let header = unsafe { place.as_ptr().cast::<libc::bpf_hdr>().read_unaligned() };
        let start = usize::from(header.bh_hdrlen);
        let end = start.checked_add(header.bh_caplen as usize)?;
        let data = self.bytes.get(start..end)?;
        // Headers are aligned; the last packet is followed by nothing.
        self.bytes = self.bytes.get(end.next_multiple_of(size_of::<c_long>())..).unwrap_or_default();
        let time = Duration::from_secs(header.bh_tstamp.tv_sec.try_into().unwrap_or(0))
            + Duration::from_micros(header.bh_tstamp.tv_usec.try_into().unwrap_or(0));
        Some(Packet { link: self.link, time, length: header.bh_datalen, data })
    }
}
