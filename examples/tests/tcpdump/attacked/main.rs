//! What code that took over the decoder reaches: tcpdump's own confined functions, with a sink that an attacker wrote.
//! A packet with the right words in it has it make every attempt. The same attempts succeed without confinement.
//!
//! The sink is in this test program only: tcpdump has none like it.

#![allow(unused, unreachable_pub, reason = "the modules belong to tcpdump, and not all of them is used here")]

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        #[path = "../../../tcpdump/cli.rs"]
        mod cli;
        #[path = "../../../tcpdump/clock.rs"]
        mod clock;
        #[path = "../../../tcpdump/confined.rs"]
        mod confined;
        #[path = "../../../tcpdump/decode/mod.rs"]
        mod decode;
        #[path = "../../../tcpdump/failure.rs"]
        mod failure;
        #[path = "../../../tcpdump/output.rs"]
        mod output;
        #[path = "../../../tcpdump/packet.rs"]
        mod packet;
        #[path = "../../../tcpdump/savefile/mod.rs"]
        mod savefile;
        #[path = "../../../tcpdump/session.rs"]
        mod session;
        #[path = "../../../tcpdump/signals.rs"]
        mod signals;
        #[path = "../../../tcpdump/sink.rs"]
        mod sink;
        #[path = "../../../tcpdump/sys/mod.rs"]
        mod sys;

        mod attempts;
        mod planted;
        mod scene;

        use std::process::ExitCode;

        use sandbox_tests::harness::{self, Case};

        fn main() -> ExitCode {
            harness::main(vec![
                Case::new("file::unconfined", || planted::unconfined(&scene::file().1)),
                Case::new("file::confined", planted::from_a_file),
                Case::new("interface::unconfined", || planted::unconfined(&scene::interface().1)),
                Case::new("interface::confined", planted::from_an_interface),
            ])
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
