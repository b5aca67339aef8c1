
use std::io::BufReader;
use std::net::TcpStream;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(a = seek, b = seek, c = seek, d = seek, e.0 = seek))]
fn f(a: Vec<TcpStream>, b: Option<&TcpStream>, c: BufReader<TcpStream>, d: Cap<TcpStream>, e: (TcpStream, u8)) {}

fn main() {}
