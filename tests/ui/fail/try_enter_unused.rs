
#![deny(unused_must_use)]

use sandbox_rt::try_enter;

fn main() {
    try_enter!(fds(stdout = write));
}
