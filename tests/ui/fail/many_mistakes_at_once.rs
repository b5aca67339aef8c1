use std::fs::File;
use std::io;

use sandbox_rt::{open, sandboxed};

#[sandboxed(
    fds(
        input = read + wirte,
        output = write + CAP_SEEK + rw,
        stdou = write,
        input = seek,
        lease = open("x") => raed + mkdirat,
        d = read | write,
    ),
    alow(threads),
    on_violation = abort,
)]
fn f(input: File, out: File) -> io::Result<()> {
    lease.sync_all()?;
    d.sync_all()
}

fn main() {}
