//! In the kernel: every right permits what its row says, and nothing else.

use std::process::ExitCode;

use sandbox_tests::harness::{self, Case};

fn main() -> ExitCode {
    harness::main(vec![Case::new("hello", || {}), Case::new("no", || panic!("no"))])
}
