use sandbox_rt::{Holds, sandboxed};

#[derive(Holds)]
struct Pair<T> {
    a: T,
}

#[sandboxed(fds(pair = read))]
fn f(pair: Pair<String>) {}

fn main() {}
