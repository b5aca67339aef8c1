//! Names that a `macro_rules!` macro writes mean the same in a declaration as in the function.

use std::fs::File;
use std::io::{self, Read as _};

use sandbox_rt::testing::confined;
use sandbox_rt::{is_denied, sandboxed};

macro_rules! reads_a_local {
    ($name:ident, $parameter:ident) => {
        #[sandboxed(fds(let mut file = File::open("/dev/zero")?, file = read))]
        fn $name(mut $parameter: File) -> io::Result<()> {
            let refused = $parameter.read(&mut [0]).expect_err("the parameter is not declared");
            assert!(is_denied(&refused), "{refused}");
            file.read_exact(&mut [0])
        }
    };
}

// The macro's `file` and this one are two names.
reads_a_local!(run, file);

#[test]
fn a_let_hides_the_parameter_of_its_name() {
    confined(|| run(File::open("/dev/zero")?)).assert_success();
}
