//! dhclient against real servers, dnsmasq and Kea, and against a hostile one. Each case runs in namespaces of its own,
//! with a veth pair between the client and the server, and needs no privileges.

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod confinement;
        mod files;
        mod frames;
        mod hostile;
        mod leases;
        mod links;
        mod others;
        mod program;
        mod servers;
        mod signals;
        mod world;

        use std::process::ExitCode;

        use sandbox_tests::harness;

        /// The program under test.
        const DHCLIENT: &str = env!("CARGO_BIN_EXE_dhclient");

        fn main() -> ExitCode {
            let cases = [leases::cases(), links::cases(), others::cases(), files::cases(), signals::cases()];
            let more = [confinement::cases(), hostile::cases()];
            harness::main(cases.into_iter().chain(more).flatten().collect())
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
