use std::fs::File;

use sandbox_rt::Holds;

#[derive(Holds)]
#[holds(skip)]
struct Server {
    log: File,
    #[holds(ignore)]
    name: String,
}

fn main() {}
