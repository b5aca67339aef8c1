use std::fs::File;
use std::io;

use sandbox_rt::Cap;

fn main() -> io::Result<()> {
    Cap::new(File::open("x")?).read_exact(&mut [0; 4])
}
