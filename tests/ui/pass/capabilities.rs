#![allow(dead_code)]

use std::fs::File;
use std::io::{self, SeekFrom, Stdin, Stdout, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

use sandbox_rt::{Cap, Dir, Grants, dir, open, right, sandboxed};

fn header<P: Grants<right::read>>(input: &mut Cap<File, P>) -> io::Result<[u8; 4]> {
    let mut header = [0; 4];
    input.read_exact(&mut header)?;
    Ok(header)
}

#[sandboxed(fds(input = read + seek + fstat, out = write + ftruncate + fsync))]
fn files(mut input: Cap<File>, mut out: Cap<File>) -> io::Result<()> {
    header(&mut input)?;
    input.seek(SeekFrom::Start(0))?;
    input.read_exact_at(&mut [0; 2], 7)?;
    input.metadata()?;
    io::copy(&mut input, &mut out)?;
    write!(out, "x")?;
    out.set_len(3)?;
    out.sync_all()
}

#[sandboxed(fds(a = recv + send + shutdown, b = recv + getsockname, c = accept(recv + send) + dup))]
fn sockets(mut a: Cap<TcpStream>, b: Cap<UdpSocket>, c: Cap<TcpListener>) -> io::Result<()> {
    a.write_all(b"x")?;
    a.shutdown(std::net::Shutdown::Both)?;
    b.recv(&mut [0; 3])?;
    b.local_addr()?;
    let (mut peer, _) = c.try_clone()?.accept()?;
    peer.read_exact(&mut [0; 3])?;
    peer.write_all(b"x")
}

#[sandboxed(fds(a = recv + nonblocking, b = accept(read), c = send))]
fn unix(mut a: Cap<UnixStream>, b: Cap<UnixListener>, c: Cap<UnixDatagram>) -> io::Result<()> {
    a.set_nonblocking(true)?;
    a.read_exact(&mut [0; 3])?;
    b.accept()?.0.read_to_end(&mut Vec::new())?;
    c.send(b"x").map(drop)
}

#[sandboxed(fds(input = read, output = write + isatty, state = lookup + read + create + write + ftruncate))]
fn others(input: Cap<Stdin>, mut output: Cap<Stdout>, state: Cap<Dir>) -> io::Result<()> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    if output.is_terminal() {
        output.write_all(line.as_bytes())?;
    }
    state.create("x", 0o600)?;
    state.open("x").map(drop)
}

#[sandboxed(fds(input = read, output = write, many = read))]
fn borrowed(input: &mut Cap<File>, output: Option<&Cap<File>>, many: Vec<Cap<File>>) -> io::Result<()> {
    let mut input = input;
    input.read_exact(&mut [0; 4])?;
    for mut file in many {
        file.read_to_end(&mut Vec::new())?;
    }
    if let Some(output) = output {
        let mut output: &File = output.into_inner();
        output.write_all(b"x")?;
    }
    Ok(())
}

#[sandboxed(fds(
    mut log = Cap::new(File::create("x")?) => write,
    mut input: Cap<File> = open("x") => read,
    state: Cap<Dir> = dir("x") => lookup + read,
    maybe = Some(Cap::new(File::open("x")?)) => read + fstat,
))]
fn acquired() -> io::Result<()> {
    log.write_all(b"x")?;
    input.read_exact(&mut [0; 4])?;
    state.open("x")?;
    if let Some(file) = maybe {
        file.metadata()?;
    }
    log.into_inner().write_all(b"x")
}

fn main() {}
