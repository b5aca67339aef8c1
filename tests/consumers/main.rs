//! Who needs each entry of the base set, which only Linux has; looked at by the registers of x86_64.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod linux;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return linux::main();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    sandbox_tests::harness::other_system()
}
