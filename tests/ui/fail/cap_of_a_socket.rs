use std::io::{self, Stdout};
use std::net::UdpSocket;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(rx = recv, out = isatty))]
fn f(rx: Cap<UdpSocket>, mut out: Cap<Stdout>) -> io::Result<()> {
    rx.send(b"x")?;
    rx.set_nonblocking(true)?;
    rx.try_clone()?;
    out.write_all(b"x")
}

fn main() {}
