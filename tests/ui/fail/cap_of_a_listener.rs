use std::io;
use std::net::TcpListener;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(quiet = accept(hold), server = accept(recv)))]
fn f(quiet: Cap<TcpListener>, server: Cap<TcpListener>) -> io::Result<()> {
    quiet.accept()?.0.read_exact(&mut [0; 4])?;
    let (mut peer, _) = server.accept()?;
    peer.write_all(b"x")?;
    server.local_addr()?;
    Ok(())
}

fn main() {}
