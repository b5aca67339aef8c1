use std::net::UdpSocket;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = connect + send, b = bind))]
fn f(a: UdpSocket, b: UdpSocket) {}

fn main() {}
