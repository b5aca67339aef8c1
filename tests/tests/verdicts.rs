//! In the kernel: the model's verdicts are those of the filter in force, for a sample that meets every rule, and misses it
//! in one argument only.

use cfg_if::cfg_if;

cfg_if! {
    // The calls are made by the machine's own instruction.
    if #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
        use std::process::ExitCode;

        use sandbox_model::{NAMES, REFUSED};
        use sandbox_rt::OnViolation;
        use sandbox_tests::harness::{self, Case};
        use sandbox_tests::sys::as_ordinary_user;
        use sandbox_tests::verdicts::{Subject, compare_ends};

        /// Declarations with several resources.
        const SEVERAL: &[(&str, &[&str])] = &[
            ("nothing", &[]),
            ("gzip", &["read", "write", "write"]),
            ("copier", &["read", "write", "pread + pwrite + fstat"]),
            ("server", &["accept(recv + send + shutdown) + event", "write"]),
            ("editor", &["lookup + read + write + create + unlinkat + renameat_source + renameat_target + ftruncate + fsync"]),
            ("polled", &["recv + event", "send + event"]),
            (
                "terminal",
                &["read + write + isatty + winsize + nonblocking + ioctl(0x5402)", "fcntl(getfl, setfl, setown, getown)"],
            ),
            ("cloner", &["read + dup", "kqueue", "recv + send + event"]),
        ];

        /// A part each, so that they run beside each other.
        const PARTS: usize = 8;

        fn main() -> ExitCode {
            let mut cases = Vec::new();
            for name in NAMES.iter().map(|(name, _)| *name).filter(|name| !REFUSED.contains(name)) {
                let rights = match name {
                    "ioctl" => "ioctl(0x5402, 0x541b)".to_owned(),
                    "fcntl" => "fcntl(getfl, setfl)".to_owned(),
                    "accept" => "accept(recv)".to_owned(),
            "sock_server" => "sock_server + accept(recv)".to_owned(),
                    "kqueue_change" => "kqueue_change + event".to_owned(),
                    "linkat_source" | "linkat_target" => "lookup + linkat_source + linkat_target".to_owned(),
                    "renameat_source" | "renameat_target" => "lookup + renameat_source + renameat_target".to_owned(),
                    "create" | "mkdirat" | "mkfifoat" | "symlinkat" | "unlinkat" => format!("lookup + read + {name}"),
                    _ => name.to_owned(),
                };
                cases.push(Case::new(format!("alone::{name}"), move || {
                    as_ordinary_user();
                    let compared = Subject::new("alone", &[&rights]).on_violation(OnViolation::Error).compare();
                    eprintln!("{compared} verdicts");
                }));
            }
            for &(name, rights) in SEVERAL {
                for on_violation in [OnViolation::Error, OnViolation::Report, OnViolation::Kill] {
                    let reaction = format!("{on_violation:?}").to_lowercase();
                    cases.push(Case::new(format!("several::{name}::{reaction}"), move || {
                        as_ordinary_user();
                        let subject = Subject::new(name, rights).on_violation(on_violation).threads();
                        eprintln!("{} verdicts", subject.compare());
                    }));
                }
            }
            for part in 0..PARTS {
                cases.push(Case::new(format!("ends::{part}"), move || {
                    as_ordinary_user();
                    let subject = || Subject::new("ends", &["read", "write"]).on_violation(OnViolation::Kill);
                    let ended = compare_ends(subject, (0..480).skip(part).step_by(PARTS));
                    println!("{ended} verdicts");
                    assert!(ended > 50, "{ended}");
                }));
            }
            harness::main(cases)
        }
    } else {
        fn main() -> std::process::ExitCode {
            sandbox_tests::harness::other_system()
        }
    }
}
