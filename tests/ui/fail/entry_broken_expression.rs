use std::fs::File;
use std::io;

use sandbox_rt::sandboxed;

#[sandboxed(fds(a = File::open("x" "y")? => read, let b = 1 +, c = match 1 { _ => File::open("x")? } read))]
fn f() -> io::Result<()> {
    println!("{a:?} {b} {c:?}");
    Ok(())
}

fn main() {}
