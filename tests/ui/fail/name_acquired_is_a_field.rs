use std::fs::File;

use sandbox_rt::{open, sandboxed};

struct Server {
    log: File,
}

impl Server {
    #[sandboxed(fds(self.log = open("x") => write))]
    fn f(&mut self) {}
}

fn main() {}
