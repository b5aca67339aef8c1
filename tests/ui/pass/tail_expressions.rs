#![allow(dead_code)]

use std::cell::RefCell;
use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(file = read))]
fn tail(file: File, counts: &RefCell<Vec<usize>>) -> usize {
    let extra = RefCell::new(vec![1usize]);
    counts.borrow().len() + extra.borrow().len()
}

#[sandboxed(fds(file = read))]
fn owned(file: File) -> impl FnOnce() -> File {
    move || file
}

fn main() {}
