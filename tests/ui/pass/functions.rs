#![allow(dead_code)]

use std::fs::File;
use std::io::{self, Read};
use std::net::UdpSocket;
use std::os::fd::AsFd;

use sandbox_rt::sandboxed;

struct Server {
    sock: UdpSocket,
    logs: (File, File),
}

impl Server {
    /// Documented.
    #[inline]
    #[sandboxed(fds(self.sock = recv + send, self.logs.0 = write, self.logs.1 = none))]
    #[must_use]
    pub fn serve(&mut self, n: usize) -> io::Result<usize> {
        self.sock.recv(&mut vec![0; n])
    }
}

trait Work {
    fn work(&self, input: File) -> io::Result<()>;

    #[sandboxed(fds(input = read))]
    fn provided(&self, input: File) -> io::Result<()> {
        self.work(input)
    }
}

impl Work for Server {
    #[sandboxed(fds(self = none, input = read))]
    fn work(&self, input: File) -> io::Result<()> {
        drop(input);
        Ok(())
    }
}

impl AsFd for Server {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.sock.as_fd()
    }
}

#[sandboxed(fds(input = read))]
fn generic<const N: usize, T: AsFd + Read>(mut input: T) -> io::Result<[u8; N]>
where
    T: Send,
{
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[sandboxed(fds(input = read))]
unsafe fn not_safe(input: impl AsFd) {}

#[sandboxed(fds(stdout = write))]
pub(crate) fn items() {
    #![allow(unused_variables)]
    use std::collections::BTreeMap;
    const N: usize = 3;
    fn inner(n: usize) -> BTreeMap<usize, usize> {
        [(n, N)].into()
    }
    let map = inner(N);
}

fn main() {
    #[sandboxed(fds(f = read))]
    fn nested(f: File) {}
}
