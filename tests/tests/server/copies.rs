//! `dup`: copies of a descriptor, made and closed for as long as the program lives.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::thread;

use sandbox_rt::{Allow, Declared, OnViolation, Rights, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;

use crate::numbers::Numbers;

const COPIES: usize = 20_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("copies::1", || copies(1)),
        Case::new("copies::4", || copies(4)),
        Case::new("copies::original", original),
    ]
}

fn enter(file: &File, other: &File) {
    Sandbox::new("copies")
        .grant("file", file, "read + seek + dup".parse::<Declared>().expect("rights"))
        .grant("other", other, Rights::WRITE)
        .allow(Allow::Threads)
        .on_violation(OnViolation::Error)
        .enter()
        .expect("entry");
}

fn files() -> (File, File) {
    let file = File::open(scratch::file("content", "content")).expect("a file");
    (file, File::create(scratch::path("other")).expect("a file"))
}

fn copies(threads: usize) {
    let (file, other) = files();
    enter(&file, &other);
    let numbers = Numbers::new();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..COPIES / threads {
                    let copy = file.try_clone().expect("a copy");
                    numbers.see(&copy);
                }
            });
        }
    });
    numbers.assert_constant(threads);
    expect_denied("a copy of what has no `dup`", other.try_clone());
    let mut copy = file.try_clone().expect("a copy");
    let mut text = String::new();
    copy.read_to_string(&mut text).expect("read the copy");
    assert_eq!(text, "content");
    expect_denied("write through the copy", copy.write_all(b"x"));
}

/// A copy outlives its original, whose number stays taken.
fn original() {
    let (file, other) = files();
    enter(&file, &other);
    let numbers = Numbers::new();
    let mut copy = file.try_clone().expect("a copy");
    drop(file);
    copy.rewind().expect("seek");
    let mut text = String::new();
    copy.read_to_string(&mut text).expect("read");
    assert_eq!(text, "content");
    let second = copy.try_clone().expect("a copy of a copy");
    numbers.see(&copy);
    numbers.see(&second);
    numbers.assert_constant(2);
}
