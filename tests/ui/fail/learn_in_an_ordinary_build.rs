use std::fs::File;

use sandbox_rt::sandboxed;

#[sandboxed(learn)]
fn convert(input: File) {
    drop(input);
}

fn main() {}
