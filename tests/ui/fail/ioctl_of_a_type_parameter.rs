use std::fs::File;

use sandbox_rt::sandboxed;

trait Request {
    const REQUEST: u64;
}

#[sandboxed(fds(a = ioctl(T::REQUEST)))]
fn f<T: Request>(a: File) {}

fn main() {}
