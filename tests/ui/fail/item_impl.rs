use sandbox_rt::sandboxed;

struct Server;

#[sandboxed(fds(stdout = write))]
impl Server {
    fn f(&self) {}
}

fn main() {}
