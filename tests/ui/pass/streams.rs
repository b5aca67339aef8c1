#![allow(dead_code)]

use sandbox_rt::sandboxed;

#[sandboxed(fds(stdin = read + isatty, stdout = write + winsize, stderr = none), on_violation = error)]
fn filter() {}

#[sandboxed(fds(stdin = none, stdout = hold, stderr = write), on_violation = report)]
fn explained() {}

#[sandboxed]
fn pure(bytes: &[u8], name: String, visit: Box<dyn Fn(&str) -> u8>) -> usize {
    bytes.len() + usize::from(visit(&name))
}

#[sandboxed()]
fn pure_with_parentheses() {}

fn main() {}
