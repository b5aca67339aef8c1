//! In the kernel: on every kind of descriptor, every right permits what it says and refuses everything else.
//!
//! A case is a kind of descriptor and a declaration: each row of the vocabulary that Linux can enforce, and the lists of
//! `ioctl` and `fcntl`. In a process of its own it tries every operation of the kind on three descriptors: the one that
//! has the declaration, one that is held without a right, and one that is not declared. What must permit an operation
//! is written beside it, by hand. Each operation is first seen to work without the sandbox.

#![allow(clippy::wildcard_imports, reason = "the names of libc, dozens a file")]

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod advice;
        mod compare;
        mod kinds;
        mod operation;
        mod operations;
        mod reactions;

        use std::process::ExitCode;

        use sandbox_tests::harness;

        fn main() -> ExitCode {
            let mut cases = kinds::cases();
            cases.extend(reactions::cases());
            cases.extend(advice::cases());
            harness::main(cases)
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
