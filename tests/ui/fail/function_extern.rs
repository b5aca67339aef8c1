use sandbox_rt::sandboxed;

#[sandboxed(fds(stdout = write))]
extern "C" fn f() {}

fn main() {}
