use std::fs::File;

use sandbox_rt::sandboxed;

macro_rules! confined {
    ($name:ident, $right:ident) => {
        #[sandboxed(fds(input = read + $right))]
        fn $name(input: File) {}
    };
}

confined!(f, wirte);
confined!(g, listen);

fn main() {}
