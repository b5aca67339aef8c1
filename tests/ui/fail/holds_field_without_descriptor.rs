use std::fs::File;

use sandbox_rt::Holds;

#[derive(Holds)]
struct Server {
    log: File,
    name: String,
    peers: Vec<u32>,
}

#[derive(Holds)]
enum Source {
    File(File),
    Text(String),
}

fn main() {}
