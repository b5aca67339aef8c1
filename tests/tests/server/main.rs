//! Programs that mint descriptors for as long as they live: a server, a directory, copies. Numbers keep their meaning,
//! and none is leaked.

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
