//! What an attacker with code execution would try, by raw system calls: each attempt succeeds without the sandbox, and
//! is refused within it, under every declaration that does not grant it.

use cfg_if::cfg_if;

cfg_if! {
    // By the calls of x86_64, many of which are older than other architectures, and by its own instructions.
    if #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
        mod attempt;
        mod before;
        mod directories;
        mod files;
        mod foreign;
        mod garbage;
        mod inherited;
        mod kernel;
        mod memory;
        mod minting;
        mod network;
        mod processes;
        mod suspended;
        mod sys;
        mod threads;
        mod traps;
        mod widening;
        mod world;

        use std::process::ExitCode;

        use sandbox_tests::harness::{self, Case};
        use sandbox_tests::sys::{is_root, is_root_of_the_machine};

        use attempt::{Attempt, cases};

        fn main() -> ExitCode {
            if let Some(code) = sandbox_rt::worker::serve(&[("victim", before::victim)]) {
                return code;
            }
            let mut all = vec![Case::new("kernel::every_other_number", kernel::every_other_number)];
            for (group, attempts) in groups() {
                all.extend(cases(group, attempts));
            }
            all.extend(cases("numbers", minting::numbers()));
            all.extend(cases("minting", minting::rights()));
            all.push(minting::append());
            all.extend(cases("foreign", foreign::attempts()));
            all.extend(foreign::x32());
            all.extend(garbage::cases());
            all.extend(directories::cases());
            all.extend(traps::cases());
            all.extend(before::cases());
            all.extend(inherited::cases());
            all.extend(widening::cases());
            all.extend(cases("threads", threads::attempts()));
            all.push(threads::race());
            if is_root() {
                all.extend(cases("privileged", kernel::privileged()));
            }
            if is_root_of_the_machine() {
                all.push(suspended::a_filter_alone());
                all.extend(groups().into_iter().flat_map(|(group, attempts)| suspended::cases(group, attempts)));
            }
            harness::main(all)
        }

        /// The attempts that the filter refuses under every declaration.
        fn groups() -> [(&'static str, Vec<Attempt>); 8] {
            [
                ("paths", files::by_path()),
                ("rights", files::by_descriptor()),
                ("two_descriptors", files::with_two_descriptors()),
                ("memory", memory::attempts()),
                ("processes", processes::attempts()),
                ("network", network::attempts()),
                ("kernel", kernel::attempts()),
                ("descriptors", kernel::descriptors()),
            ]
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
