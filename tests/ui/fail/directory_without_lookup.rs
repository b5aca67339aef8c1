use sandbox_rt::{Dir, dir, sandboxed};

#[sandboxed(fds(tmp = dir("/tmp") => read, given = fstat + write, several = fsync))]
fn f(given: Dir, several: Vec<Dir>) {}

fn main() {}
