#![allow(dead_code)]

use std::fs::File;
use std::io::Stdin;

use sandbox_rt::{Holds, sandboxed};

#[derive(Holds)]
struct Pair<'a, T, U: Clone, const N: usize> {
    one: T,
    many: Vec<T>,
    borrowed: &'a [File; N],
    #[holds(skip)]
    name: U,
}

#[derive(Holds)]
struct Tuple(File, #[holds(skip)] u8);

#[derive(Holds)]
enum Source {
    File(File),
    Std { stdin: Stdin, #[holds(skip)] name: String },
    Nested(Box<Source>),
    None,
}

#[derive(Holds)]
#[holds(crate = ::sandbox_rt)]
struct Elsewhere {
    tuple: Tuple,
}

#[sandboxed(fds(a = read, b = read, c.tuple = read))]
fn f(a: Pair<'_, Option<File>, String, 2>, b: &Source, c: Elsewhere) {}

fn main() {}
