//! The other end of the wire: servers for the traffic, and a sender of frames.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Stdio};
use std::thread;

use etherparse::{PacketBuilder, VlanId};
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::namespace::{THERE, must, tool};

/// Where everything is sent back.
pub(crate) const ECHO: u16 = 7777;

/// Runs until its orders end.
pub(crate) fn run() {
    println!("here");
    let mut servers = Vec::new();
    for order in io::stdin().lines() {
        match order.expect("an order").as_str() {
            "set up" => servers.push(set_up()),
            "tagged frames" => tagged_frames(),
            other => panic!("unknown order `{other}`"),
        }
        println!("ready");
    }
    for mut server in servers {
        server.kill().and_then(|()| server.wait()).expect("it ran");
    }
}

fn set_up() -> Child {
    must("ip link set lo up");
    must(&format!("ip link set {THERE} up"));
    must(&format!("ip addr add 10.9.0.2/24 dev {THERE}"));
    must(&format!("ip addr add fd00::2/64 dev {THERE} nodad"));
    for address in ["10.9.0.2", "fd00::2"] {
        let udp = UdpSocket::bind((address, ECHO)).expect("an address");
        thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            loop {
                let (length, from) = udp.recv_from(&mut buffer).expect("a datagram");
                udp.send_to(&buffer[..length], from).expect("the way back");
            }
        });
    }
    let listener = TcpListener::bind(("10.9.0.2", ECHO)).expect("an address");
    thread::spawn(move || listener.incoming().for_each(|stream| echo(stream.expect("a connection"))));
    dnsmasq()
}

fn echo(mut stream: TcpStream) {
    let mut buffer = vec![0; 65536];
    loop {
        match stream.read(&mut buffer).expect("a stream") {
            0 => break,
            length => stream.write_all(&buffer[..length]).expect("the way back"),
        }
    }
}

/// A server for names and addresses, which is there when it says so, and ends with this process.
fn dnsmasq() -> Child {
    let mut command = tool("setpriv");
    command.args(["--pdeathsig", "KILL", "dnsmasq"]);
    command.args(["--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--log-facility=-"]);
    command.args(["--interface", THERE, "--bind-interfaces", "--address=/example.org/10.9.0.9", "--no-ping"]);
    command.args(["--dhcp-range=10.9.0.50,10.9.0.60,2m", "--dhcp-leasefile=leases", "--pid-file="]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("setpriv must be installed");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut said = Vec::new();
    let started = lines.any(|line| {
        said.push(line.expect("a line"));
        said.iter().any(|line| line.contains("started, version"))
    });
    assert!(started, "dnsmasq must be installed, and start: {said:?}");
    // It goes on to say what it does.
    thread::spawn(move || lines.for_each(drop));
    child
}

/// Sends frames with a VLAN tag. The receiving kernel takes it out before a capture sees it.
fn tagged_frames() {
    let made = call(libc::SYS_socket, args![libc::AF_PACKET, libc::SOCK_RAW, 0]).expect("a packet socket");
    let index = rustix::net::netdevice::name_to_index(UdpSocket::bind("0.0.0.0:0").expect("a socket"), THERE);
    // `struct sockaddr_ll` (packet(7)).
    let mut address = [0_u8; 20];
    address[0..2].copy_from_slice(&17_u16.to_ne_bytes());
    address[4..8].copy_from_slice(&index.expect("the interface").to_ne_bytes());
    for number in 0..20_u16 {
        let mut frame = Vec::new();
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 2], [0xff; 6]);
        let builder = builder.single_vlan(VlanId::try_new(5 + number).expect("12 bits"));
        builder.ipv4([10, 9, 5, 2], [10, 9, 5, 1], 64).udp(5000, number).write(&mut frame, b"tagged").expect("a frame");
        call(libc::SYS_sendto, args![made, &frame[..], frame.len(), 0, &address, address.len()]).expect("sent");
    }
    call(libc::SYS_close, args![made]).expect("closed");
}
