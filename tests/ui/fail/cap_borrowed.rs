use std::fs::File;
use std::io;

use sandbox_rt::{Cap, sandboxed};

#[sandboxed(fds(input = read, output = write))]
fn f(input: &mut Cap<File>, mut output: Option<Cap<File>>) -> io::Result<()> {
    let mut input = input;
    input.write_all(b"x")?;
    if let Some(output) = &mut output {
        output.read_exact(&mut [0; 4])?;
    }
    Ok(())
}

fn main() {}
