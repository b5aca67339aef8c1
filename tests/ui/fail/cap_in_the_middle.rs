use std::fs::File;

use sandbox_rt::{Cap, enter, try_enter};

fn entered() {
    let mut input = Cap::new(File::open("input").unwrap());
    enter!(fds(input = read));
    input.read_exact(&mut [0]).unwrap();
}

fn tried() {
    let input = Cap::new(File::open("input").unwrap());
    try_enter!(fds(input = read)).unwrap();
}

fn main() {}
