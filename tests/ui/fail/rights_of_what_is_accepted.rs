use std::net::TcpListener;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = accept(read + wriet), b = accept(none), c = accept(), d = accept(read, write)))]
fn f(a: TcpListener, b: TcpListener, c: TcpListener, d: TcpListener) {}

fn main() {}
