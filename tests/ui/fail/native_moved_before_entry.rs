use std::fs::File;
use std::io::BufWriter;

use sandbox_rt::sandboxed;

#[sandboxed(fds(let writer = BufWriter::new(log), writer = write, log = write))]
fn f(log: File) {}

fn main() {}
