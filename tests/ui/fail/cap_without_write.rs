use std::fs::File;
use std::io;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(input = read))]
fn f(mut input: Cap<File>) -> io::Result<()> {
    input.write_all(b"x")?;
    write!(input, "x")?;
    input.rewind()?;
    input.set_len(0)?;
    input.metadata()?;
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    Ok(())
}

fn main() {}
