
use std::fs::File;
use std::io::{PipeReader, Stdin};
use std::net::{TcpListener, TcpStream, UdpSocket};

use sandbox_rt::{Dir, sandboxed};

#[sandboxed(fds(
    a = recv + seek,
    b = read + accept(read),
    c = listen + lookup,
    d = fsync,
    e = mkdirat + lookup + accept(read),
    f = pread,
    g = shutdown + lookup,
))]
fn f(a: TcpStream, b: File, c: UdpSocket, d: TcpListener, e: Dir, f: PipeReader, g: Stdin) {}

fn main() {}
