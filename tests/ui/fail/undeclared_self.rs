
use std::fs::File;

use sandbox_rt::{Holds, sandboxed};

#[derive(Holds)]
struct Server {
    log: File,
}

impl Server {
    #[sandboxed(fds(stdout = write))]
    fn f(&self) {}
}

fn main() {}
