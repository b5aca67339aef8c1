use sandbox_rt::sandboxed;

#[sandboxed(allow(thread, threads, threads, read, network))]
fn f() {}

fn main() {}
