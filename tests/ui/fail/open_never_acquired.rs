
#![deny(unused_must_use)]

use sandbox_rt::{dir, enter, open};

fn main() {
    open("x").create(0o600);
    dir("x");
    enter!(fds(stdout = write));
}
