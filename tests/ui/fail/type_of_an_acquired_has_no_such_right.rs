use std::io;
use std::net::UdpSocket;

use sandbox_rt::sandboxed;

#[sandboxed(fds(rx = UdpSocket::bind("127.0.0.1:0")? => recv + seek))]
fn f() -> io::Result<()> {
    Ok(())
}

fn main() {}
