use sandbox_rt::{open, sandboxed};

#[sandboxed(fds(
    a = open("x").create(0o600) => read,
    b = open("x").append() => read + seek,
    c = Some(open("x").truncate()) => read,
    d = open("x").create_new(0o600).or_std("-") => read,
))]
fn f() {}

fn main() {}
