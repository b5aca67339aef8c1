//! What the confined functions are given, and what else is within an attacker's sight.

use std::fs::{self, File};
use std::net::UdpSocket;
use std::os::fd::{AsFd as _, AsRawFd as _};

use etherparse::PacketBuilder;
use sandbox_tests::sys::call;
use sandbox_tests::{args, scratch};

use crate::attempts::Prey;
use crate::cli;
use crate::packet::{Link, Packet};
use crate::planted::WORDS;
use crate::savefile::{Format, Writer};
use crate::sys::Capture;

/// A capture file with the words in it, and an output, each open for more than it is declared for.
pub(crate) fn file() -> ((File, File), Prey) {
    let path = scratch::file("in", []);
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).udp(1, 2);
    builder.write(&mut frame, WORDS).expect("a frame");
    let mut writer = Writer::new(Format::Pcap, 1000);
    let mut written = crate::output::Output::new(File::create(&path).expect("a file"), "in".to_owned());
    writer.begin(Link::ETHERNET, &mut written).expect("a header");
    let length = u32::try_from(frame.len()).expect("short");
    let packet = Packet { link: Link::ETHERNET, time: std::time::Duration::ZERO, length, data: &frame };
    writer.packet(&packet, &mut written).and_then(|()| written.send()).expect("a packet");
    let input = open(&path);
    let prey = prey(input.as_raw_fd(), false);
    let out = open(&scratch::file("out", []));
    let prey = Prey { out: out.as_raw_fd(), ..prey };
    ((input, out), prey)
}

/// A capture of an interface on which the words have just passed.
pub(crate) fn interface() -> ((Capture, File), Prey) {
    let out = open(&scratch::file("out", []));
    let prey = prey(-1, true);
    in_namespaces();
    let options = cli::Capture { snaplen: 1000, buffer: 1 << 20, promiscuous: true };
    let capture = Capture::open("lo", options).expect("a capture");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = socket.local_addr().expect("an address");
    socket.send_to(WORDS, address).expect("sent");
    let prey = Prey { input: capture.as_fd().as_raw_fd(), out: out.as_raw_fd(), ..prey };
    ((capture, out), prey)
}

fn open(path: &std::path::Path) -> File {
    File::options().read(true).write(true).open(path).expect("a file")
}

fn prey(input: i32, is_capture: bool) -> Prey {
    let secret = scratch::file("secret", "yesterday's secret");
    let folder = secret.parent().expect("a folder").to_owned();
    fs::write(folder.join("victim"), "somebody's").expect("a file");
    Prey { input, is_capture, out: -1, folder, parent: std::os::unix::process::parent_id() }
}

/// Namespaces of its own, where everybody may capture, and in which the user is who he was.
fn in_namespaces() {
    let (user, group) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    call(libc::SYS_unshare, args![libc::CLONE_NEWUSER | libc::CLONE_NEWNET]).expect("namespaces");
    fs::write("/proc/self/setgroups", "deny").expect("a namespace of its own");
    fs::write("/proc/self/uid_map", format!("{user} {user} 1")).expect("a namespace of its own");
    fs::write("/proc/self/gid_map", format!("{group} {group} 1")).expect("a namespace of its own");
    // `struct ifreq`: the name, and IFF_UP.
    let mut up = [0_u8; 40];
    up[..2].copy_from_slice(b"lo");
    up[16] = 1;
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    call(libc::SYS_ioctl, args![socket.as_raw_fd(), libc::SIOCSIFFLAGS, &up]).expect("up");
}
