//! What somebody who takes over dhclient's confined part can reach.
//!
//! This program is dhclient with a defect: a certain packet makes the code that receives it run an attacker's. The defect
//! exists here only, in a test program, around the very functions that dhclient runs. The attempts are made twice: in the
//! confined part, where each must be refused, and in the same code unconfined, where each must succeed. The attempts are
//! system calls of Linux.

#![allow(
    dead_code,
    unused_imports,
    reason = "the modules belong to dhclient and to its other tests, and not all of them are used here"
)]

use cfg_if::cfg_if;

cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod attempts;
        mod planted;

        #[path = "../../dhclient/background.rs"]
        mod background;
        #[path = "../../dhclient/backoff.rs"]
        mod backoff;
        #[path = "../../dhclient/cli.rs"]
        mod cli;
        #[path = "../../dhclient/client.rs"]
        mod client;
        #[path = "../../dhclient/clock.rs"]
        mod clock;
        #[path = "../../dhclient/confined.rs"]
        mod confined;
        #[path = "../../dhclient/console.rs"]
        mod console;
        #[path = "../../dhclient/files.rs"]
        mod files;
        #[path = "../../dhclient/filter.rs"]
        mod filter;
        #[path = "../../dhclient/frame.rs"]
        mod frame;
        #[path = "../../dhclient/lease.rs"]
        mod lease;
        #[path = "../../dhclient/lease_file.rs"]
        mod lease_file;
        #[path = "../../dhclient/link.rs"]
        mod link;
        #[path = "../../dhclient/message.rs"]
        mod message;
        #[path = "../../dhclient/network/mod.rs"]
        mod network;
        #[path = "../../dhclient/pid_file.rs"]
        mod pid_file;
        #[path = "../../dhclient/privileged.rs"]
        mod privileged;
        #[path = "../../dhclient/report.rs"]
        mod report;
        #[path = "../../dhclient/resolv_conf.rs"]
        mod resolv_conf;
        #[path = "../../dhclient/resolver.rs"]
        mod resolver;
        #[path = "../../dhclient/script.rs"]
        mod script;
        #[path = "../../dhclient/sys/mod.rs"]
        mod sys;
        #[path = "../../dhclient/wire.rs"]
        mod wire;

        #[path = "../dhclient/frames.rs"]
        mod frames;
        #[path = "../dhclient/program.rs"]
        mod program;
        #[path = "../dhclient/world.rs"]
        mod world;

        use std::collections::BTreeMap;
        use std::process::ExitCode;
        use std::time::Duration;

        use sandbox_examples::signals::Signals;
        use sandbox_rt::worker;
        use sandbox_tests::harness::{self, Case};

        use frames::{Raw, with_checksums};
        use planted::{MAGIC, UNCONFINED};
        use program::Program;
        use world::World;

        /// The program with the defect is this one.
        const DHCLIENT: &str = "/proc/self/exe";
        /// With this in its environment.
        const CLIENT: &str = "PLANTED_CLIENT";

        /// What the sandbox answers: a call that it does not know, a path, a new kind of call.
        const REFUSED: [&str; 3] = ["EPERM", "EACCES", "ENOSYS"];

        fn main() -> ExitCode {
            if let Some(code) = worker::serve(&[("lease", planted::lease_worker)]) {
                return code;
            }
            if std::env::var_os(CLIENT).is_some() {
                return client();
            }
            let cases: [(&str, fn()); 2] = [
                ("what_succeeds_unconfined_is_refused_confined", what_succeeds_unconfined_is_refused_confined),
                ("the_shipped_program_has_no_such_defect", the_shipped_program_has_no_such_defect),
            ];
            harness::main(cases.map(|(name, run)| Case::new(name, run).time_limit(Duration::from_mins(2))).into())
        }

        /// dhclient, as it is.
        fn client() -> ExitCode {
            let command = cli::parse(std::env::args_os().skip(1)).expect("good options");
            let cli::Command::Run(settings) = command else { panic!("nothing to show") };
            let signals = Signals::watch().expect("signals can be watched");
            privileged::run(&settings, &signals).expect("a client")
        }

        fn what_succeeds_unconfined_is_refused_confined() {
            let world = World::new();
            let raw = Raw::open();
            std::fs::write(UNCONFINED, "").expect("a file");
            let free = attack(&world, &raw);
            std::fs::remove_file(UNCONFINED).expect("a file");
            let confined = attack(&world, &raw);
            assert!(free.len() >= 20, "{free:#?}");
            for (name, outcome) in &free {
                assert_eq!(outcome, "succeeded", "{name}, without the sandbox");
            }
            assert!(free.keys().eq(confined.keys()), "{free:#?}\n{confined:#?}");
            for (name, outcome) in &confined {
                let errno = outcome.strip_prefix("refused: ").unwrap_or_else(|| panic!("{name}: {outcome}"));
                assert!(REFUSED.contains(&errno), "{name}: {outcome}");
            }
            println!("{} attempts", confined.len());
        }

        /// Runs the client, sends it the packet, and gives the attempts with their outcomes.
        fn attack(world: &World, raw: &Raw) -> BTreeMap<String, String> {
            for name in ["leases", "victim"] {
                std::fs::write(world.path(name), "").expect("a file");
            }
            let mut client = Program::start(world.client(DHCLIENT, "-d -v").env(CLIENT, "yes"));
            client.until("DHCPDISCOVER on eth0");
            let mut frame = raw.request();
            // From the server's port to the client's, with the packet's words for a message.
            frame[34..38].copy_from_slice(&[0, 67, 0, 68]);
            frame[42..42 + MAGIC.len()].copy_from_slice(MAGIC);
            raw.send(&with_checksums(frame)).expect("it can be sent");
            client.ended();
            let said = client.all();
            let lines = said.lines().filter_map(|line| line.strip_prefix("attempt: ")?.split_once(": "));
            let attempts: BTreeMap<_, _> = lines.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())).collect();
            assert!(!attempts.is_empty(), "no attempts were made:\n{said}");
            attempts
        }

        fn the_shipped_program_has_no_such_defect() {
            let holds = |path: &str| {
                let program = std::fs::read(path).expect("a program");
                program.windows(MAGIC.len()).any(|window| window == MAGIC)
            };
            assert!(holds(DHCLIENT), "the words are not where they must be");
            assert!(!holds(env!("CARGO_BIN_EXE_dhclient")));
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
