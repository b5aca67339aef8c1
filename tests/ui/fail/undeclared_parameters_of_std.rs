
use std::io::{BufReader, BufWriter, PipeReader, PipeWriter, Stdin, Stdout};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Child, ChildStdout};

use sandbox_rt::{Cap, Dir, sandboxed};

#[sandboxed]
fn sockets(a: TcpStream, b: TcpListener, c: UdpSocket, d: UnixStream, e: UnixListener, f: UnixDatagram) {}

#[sandboxed]
fn streams(a: Stdin, b: &Stdout, c: PipeReader, d: PipeWriter, e: ChildStdout, f: &mut Child) {}

#[sandboxed]
fn descriptors(a: OwnedFd, b: BorrowedFd<'_>, c: Dir, d: Cap<TcpStream>) {}

#[sandboxed]
fn containers(a: Option<OwnedFd>, b: Vec<TcpStream>, c: &[UdpSocket], d: Box<Dir>, e: (u8, OwnedFd), f: (Dir, Dir)) {}

#[sandboxed]
fn wrappers(a: BufReader<TcpStream>, b: &mut BufWriter<UnixStream>) {}

#[sandboxed]
fn generic<T: AsFd>(a: T, b: impl AsFd, c: &dyn AsFd) {}

fn main() {}
