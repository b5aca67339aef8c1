//! Two parameters that only hygiene tells apart: the declaration could mean either.

use std::fs::File;

macro_rules! confined {
    ($name:ident, $input:ident) => {
        #[sandbox_rt::sandboxed(fds($input = read))]
        fn $name(file: File, $input: File) {
            drop((file, $input));
        }
    };
}

confined!(run, file);

fn main() {
    let open = || File::open("input").expect("a file");
    run(open(), open());
}
