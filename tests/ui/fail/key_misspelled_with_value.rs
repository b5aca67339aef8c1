use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(fds(input = read), on_violaton = kill)]
fn a(input: File) {}

#[sandboxed(fds(input = read), crat = ::sandbox_rt)]
fn b(input: File) {}

#[sandboxed(rate = open("rate") => read)]
fn c() {}

#[sandboxed(crate_ = read)]
fn d() {}

fn main() {}
