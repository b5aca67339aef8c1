
use sandbox_rt::{Dir, sandboxed};

#[sandboxed(fds(state = mkdirat + unlinkat))]
fn f(state: Dir) {}

fn main() {}
