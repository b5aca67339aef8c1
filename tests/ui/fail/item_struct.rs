use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
struct Server;

fn main() {}
