//! FreeBSD: each right permits what it says and refuses everything else; directories, lists, what is minted, passed on and
//! inherited; entry, its failures and what becomes of refused calls.
//!
//! A case of `rights` is a kind of descriptor and a declaration, as in the suite `kernel`. What must permit an operation is
//! written beside it, by hand, from rights(4) and the kernel's own checks.

#![allow(clippy::wildcard_imports, reason = "the names of libc, dozens a file")]

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "freebsd")] {
        mod compare;
        mod directories;
        #[path = "../entry/endings.rs"]
        mod endings;
        mod entry;
        mod inherited;
        mod kinds;
        mod lists;
        mod operation;
        mod operations;
        mod reactions;
        mod std_calls;
        mod sys;
        mod workers;

        use std::process::ExitCode;

        use sandbox_rt::worker;
        use sandbox_tests::harness;

        fn main() -> ExitCode {
            if let Some(code) = worker::serve(workers::FUNCTIONS) {
                return code;
            }
            let cases = [
                kinds::cases(),
                directories::cases(),
                endings::cases(),
                entry::cases(),
                inherited::cases(),
                lists::cases(),
                reactions::cases(),
                std_calls::cases(),
                workers::cases(),
            ];
            harness::main(cases.into_iter().flatten().collect())
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
