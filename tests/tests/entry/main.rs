//! Entry: it fails closed and says what it left behind; what it finds around it; what survives it.

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod endings;
        mod faults;
        mod handlers;
        mod levels;
        mod mappings;
        mod mismatch;
        mod nested;
        mod notes;
        mod numbers;
        mod optional;
        mod outer;
        mod probe;
        mod procfs;
        mod said;
        mod sharing;
        mod supervised;
        mod survives;
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
                endings::cases(),
                faults::cases(),
                handlers::cases(),
                levels::cases(),
                mappings::cases(),
                mismatch::cases(),
                nested::cases(),
                notes::cases(),
                numbers::cases(),
                procfs::cases(),
                said::cases(),
                sharing::cases(),
                survives::cases(),
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
