use std::net::TcpStream;

use sandbox_rt::sandboxed;

struct Server {
    sock: TcpStream,
    n: u32,
}

impl Server {
    #[sandboxed(fds(self.sok = recv, self.n = read, self.sock = accept(read)))]
    fn f(&self) {}
}

fn main() {}
