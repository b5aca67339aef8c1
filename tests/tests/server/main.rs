//! Programs that mint descriptors for as long as they live: a server, a directory, copies. Numbers keep their meaning,
//! and none is leaked.

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod connections;
        mod copies;
        mod directory;
        mod numbers;

        use std::process::ExitCode;

        use sandbox_tests::harness;

        fn main() -> ExitCode {
            let cases = [connections::cases(), copies::cases(), directory::cases()];
            harness::main(cases.into_iter().flatten().collect())
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
