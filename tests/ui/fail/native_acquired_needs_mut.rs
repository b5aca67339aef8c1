use std::io::{self, Write};

use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(lease = open("x") => read + write))]
fn f() -> io::Result<()> {
    lease.write_all(b"x")
}

fn main() {}
