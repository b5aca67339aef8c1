use std::io;

use sandbox_rt::{Cap, Dir, sandboxed};

#[sandboxed(fds(state = lookup + read))]
fn f(state: Cap<Dir>) -> io::Result<()> {
    state.create("x", 0o600)?;
    state.remove_file("x")?;
    state.open("x")?;
    Ok(())
}

fn main() {}
