use std::net::TcpListener;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = accept + event, b = sock_server, c = sock_server + accept(recv)))]
fn f(a: TcpListener, b: TcpListener, c: TcpListener) {}

fn main() {}
