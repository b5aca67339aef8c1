use std::fs::File;
use std::io;
use std::net::TcpStream;

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(x: File = TcpStream::connect("x")? => read, y: TcpStream = open("x") => read))]
fn f() -> io::Result<()> {
    Ok(())
}

fn main() {}
