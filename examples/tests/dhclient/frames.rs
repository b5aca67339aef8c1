//! Whole frames on the server's side of the link, past every check.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::thread;

use rustix::io::{Errno, write};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, recv, socket_with};
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::world::SERVER;

/// The server's end of the link.
#[derive(Debug)]
pub(crate) struct Raw {
    socket: OwnedFd,
}

impl Raw {
    pub(crate) fn open() -> Self {
        // A thread goes to the other host; the socket stays there.
        let socket = thread::spawn(|| {
            let namespace = File::open(SERVER).expect("a namespace");
            call(libc::SYS_setns, args![namespace.as_raw_fd(), libc::CLONE_NEWNET]).expect("the namespace is ours");
            let socket =
                socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None).expect("a socket");
            let index = std::fs::read_to_string("/proc/thread-self/net/dev_mcast").expect("procfs");
            let index = index.lines().find(|line| line.contains(" srv0 ")).expect("the interface");
            let index: i32 = index.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a number");
            // struct sockaddr_ll (packet(7)): family, protocol, interface; the rest is for sending.
            let family = u16::try_from(libc::AF_PACKET).expect("it is small").to_ne_bytes();
            let protocol = u16::try_from(libc::ETH_P_ALL).expect("it is small").to_be_bytes();
            let mut address = [&family[..], &protocol, &index.to_ne_bytes()].concat();
            address.resize(20, 0);
            call(libc::SYS_bind, args![socket.as_raw_fd(), &address[..], address.len()]).expect("it can be bound");
            socket
        });
        Self { socket: socket.join().expect("a socket") }
    }

    pub(crate) fn send(&self, frame: &[u8]) -> io::Result<()> {
        write(&self.socket, frame)?;
        Ok(())
    }

    /// The next frame that is a DHCP message to a server.
    pub(crate) fn request(&self) -> Vec<u8> {
        loop {
            let frame = self.receive(RecvFlags::empty()).expect("a frame");
            if is_request(&frame) {
                return frame;
            }
        }
    }

    /// The DHCP messages to a server that are there already.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        let frames = std::iter::from_fn(|| match self.receive(RecvFlags::DONTWAIT) {
            Ok(frame) => Some(frame),
            Err(Errno::AGAIN) => None,
            Err(error) => panic!("{error}"),
        });
        frames.filter(|frame| is_request(frame)).collect()
    }

    fn receive(&self, flags: RecvFlags) -> Result<Vec<u8>, Errno> {
        let mut buffer = vec![0; 2048];
        let (length, _) = recv(&self.socket, &mut buffer[..], flags)?;
        buffer.truncate(length);
        Ok(buffer)
    }
}

fn is_request(frame: &[u8]) -> bool {
    let is_udp = frame.get(12..14) == Some(&[8, 0]) && frame.get(23) == Some(&17);
    is_udp && frame.get(34..38) == Some(&[0, 68, 0, 67])
}

/// How many bytes wait at the client's socket, which is the only one of its kind on this host (`/proc/net/packet`).
pub(crate) fn waiting() -> u64 {
    let table = std::fs::read_to_string("/proc/thread-self/net/packet").expect("procfs");
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().nth(6).expect("a column"));
    rows.map(|bytes| bytes.parse::<u64>().expect("a number")).sum()
}

/// Puts the right sums into an Ethernet frame with an IPv4 packet without options that holds UDP.
pub(crate) fn with_checksums(mut frame: Vec<u8>) -> Vec<u8> {
    frame[24..26].fill(0);
    let header = !sum(&frame[14..34], 0);
    frame[24..26].copy_from_slice(&header.to_be_bytes());
    frame[40..42].fill(0);
    let length = u16::try_from(frame.len() - 34).expect("it is short");
    let pseudo = [&frame[26..34], &[0, 17], &length.to_be_bytes()].concat();
    let whole = !sum(&frame[34..], u32::from(sum(&pseudo, 0)));
    frame[40..42].copy_from_slice(&if whole == 0 { u16::MAX } else { whole }.to_be_bytes());
    frame
}

fn sum(bytes: &[u8], start: u32) -> u16 {
    let mut sum = start;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).expect("it was folded")
}
