use std::net::TcpStream;

use sandbox_rt::enter;

fn main() -> std::io::Result<()> {
    let peer = TcpStream::connect("localhost:1")?;
    let name = String::new();
    enter!(fds(peer = read + seek, name = read));
    Ok(())
}
