//! What is FreeBSD's own: directories, lists, what is minted, passed on and inherited; entry, its failures and what becomes
//! of refused calls. What each right permits, the suite `conformance` tries.

#![allow(clippy::wildcard_imports, reason = "the names of libc, dozens a file")]

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "freebsd")] {
        mod directories;
        #[path = "../entry/endings.rs"]
        mod endings;
        mod entry;
        mod faults;
        mod inherited;
        mod interposed;
        mod lists;
        #[path = "../entry/mismatch.rs"]
        mod mismatch;
        mod probe;
        mod reactions;
        mod std_calls;
        mod sys;
        #[path = "../entry/workers.rs"]
        mod workers;

        use std::process::ExitCode;

        use sandbox_rt::worker;
        use sandbox_tests::harness;

        fn main() -> ExitCode {
            if let Some(code) = worker::serve(workers::FUNCTIONS) {
                return code;
            }
            let cases = [
                directories::cases(),
                endings::cases(),
                entry::cases(),
                faults::cases(),
                inherited::cases(),
                lists::cases(),
                mismatch::cases(),
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
