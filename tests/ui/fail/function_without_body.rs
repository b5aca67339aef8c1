use std::fs::File;

use sandbox_rt::sandboxed;

trait Work {
    #[sandboxed(fds(a = read))]
    fn work(&self, a: File);
}

fn main() {}
