#![allow(dead_code)]

use std::fs::File;

use sandbox_rt::{open as opened, sandboxed};

mod input {
    pub fn parse(n: usize) -> usize {
        n
    }
}

mod log {
    pub struct Level;
}

fn open(n: usize) -> usize {
    n
}

#[allow(non_upper_case_globals)]
const policy: usize = 1;

enum Result {}

struct Ok;

struct String;

#[sandboxed(fds(input = read, file = opened("x") => read))]
fn f(input: File, log: log::Level, error: u8, value: u8, raw: u8) -> usize {
    let (_, _, _) = (Ok, String, log);
    let _: Option<Result> = None;
    drop((input, file));
    input::parse(open(policy)) + usize::from(error + value + raw)
}

fn main() {}
