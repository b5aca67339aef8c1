use std::fs::File;
use std::io;

use sandbox_rt::{enter, open};

fn main() -> io::Result<()> {
    let input = File::open("x")?;
    enter!(fds(input = raed + seek + seek, input = read, log = open("x") => wirte), alow(threads));
    drop(log);
    Ok(())
}
