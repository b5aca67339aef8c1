#![allow(dead_code)]

use std::fs::File;
use std::io::{self, Read};

use sandbox_rt::{Cap, enter, open, try_enter};

struct Session {
    log: File,
}

fn middle(session: Session) -> io::Result<()> {
    let input = File::open("x")?;
    enter!(
        fds(
            input = read,
            session.log = write,
            stdout = write,
            let name = "x".to_owned(),
            mut more = open(&name) => read + seek,
            mut typed = Cap::new(File::open("y")?) => read,
        ),
        allow(threads),
    );
    more.read_to_end(&mut Vec::new())?;
    typed.read_exact(&mut [0; 4])?;
    drop(input);
    println!("{name}");
    Ok(())
}

fn narrowed_under_its_own_name() -> io::Result<()> {
    let input = Cap::new(File::open("x")?);
    enter!(fds(mut input = input => read));
    input.read_exact(&mut [0; 4])
}

fn single() {
    let input = File::open("x");
    if let Ok(input) = input {
        enter!(fds(input = read));
        drop(input);
    }
}

fn tried(input: File) -> Result<(), sandbox_rt::Error> {
    try_enter!(fds(input = read, stdout = write), on_violation = kill)?;
    Ok(())
}

fn matched(input: File) -> bool {
    match try_enter!(fds(input = read)) {
        Ok(()) => true,
        Err(error) => error.is_partial(),
    }
}

fn main() {}
