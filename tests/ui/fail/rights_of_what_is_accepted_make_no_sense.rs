use std::net::TcpListener;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = accept(read + seek)))]
fn f(a: TcpListener) {}

fn main() {}
