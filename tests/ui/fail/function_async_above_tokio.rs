use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
#[tokio::main(flavor = "current_thread")]
async fn main() {}
