use sandbox_rt::{open, try_enter};

fn main() {
    let entered = try_enter!(fds(let x = 1, log = open("x") => read));
    drop(entered);
}
