//! tcpdump with interfaces, next to the real tcpdump, on traffic of every kind between two network namespaces.
//!
//! Needs tcpdump, tshark, dnsmasq, ip, ping and unshare. An ordinary user makes a user namespace for it. The program
//! starts itself again in the parts of a scenario: `inside`, in a namespace, and `peer`, in another one.

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod agreement;
        mod capture;
        mod endings;
        mod namespace;
        mod peer;
        mod traffic;

        use std::process::ExitCode;

        use sandbox_tests::harness;

        fn main() -> ExitCode {
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["inside", "agreement", folder] => agreement::inside(folder.as_ref()),
                ["inside", "endings", folder] => endings::inside(folder.as_ref()),
                ["peer"] => peer::run(),
                _ => return harness::main([agreement::cases(), endings::cases()].into_iter().flatten().collect()),
            }
            ExitCode::SUCCESS
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
