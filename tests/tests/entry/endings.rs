//! How confined programs end: by returning, by exit codes, panics, aborts and stack overflows.

use std::collections::HashMap;
use std::hint::black_box;
use std::process;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use sandbox_rt::{Allow, OnViolation, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Child, End, forked};

use crate::sys::set_variable;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("endings::exit_codes", exit_codes),
        Case::new("endings::abort", abort),
        Case::new("endings::kill", kill),
        Case::new("endings::work", || work(OnViolation::Error)),
        Case::new("endings::work::report", || work(OnViolation::Report)),
        Case::new("endings::work::kill", || work(OnViolation::Kill)),
    ];
    for on_violation in [OnViolation::Error, OnViolation::Report, OnViolation::Kill] {
        for backtrace in ["0", "1", "full"] {
            let name = |what| format!("endings::{what}::{on_violation:?}::{backtrace}").to_lowercase();
            cases.push(Case::new(name("panic"), move || panics(on_violation, backtrace)));
            cases.push(Case::new(name("thread_panic"), move || thread_panics(on_violation, backtrace)));
        }
        let name = format!("endings::stack_overflow::{on_violation:?}").to_lowercase();
        cases.push(Case::new(name, move || stack_overflow(on_violation)));
    }
    cases
}

/// How a process ends that is not to survive a violation.
const KILLED: End = End::Signalled(if cfg!(target_os = "freebsd") { libc::SIGTRAP } else { libc::SIGSYS });

/// How a process ends whose main thread panics.
const PANICKED: End = if cfg!(panic = "abort") { End::Signalled(libc::SIGABRT) } else { End::Exited(101) };

fn enter(on_violation: OnViolation) {
    Sandbox::new("entry").allow(Allow::Threads).on_violation(on_violation).enter().expect("entry");
}

/// Runs the body in a confined child.
fn confined(on_violation: OnViolation, body: impl FnOnce()) -> Child {
    forked(|| {
        enter(on_violation);
        body();
    })
}

fn exit_codes() {
    for code in [0, 1, 42, 255] {
        assert_eq!(confined(OnViolation::Kill, || process::exit(code)).end, End::Exited(code));
    }
}

fn abort() {
    for on_violation in [OnViolation::Error, OnViolation::Kill] {
        assert_eq!(confined(on_violation, || process::abort()).end, End::Signalled(libc::SIGABRT));
    }
}

/// A violation ends the process without a word.
fn kill() {
    let child = confined(OnViolation::Kill, || drop(std::net::UdpSocket::bind(("127.0.0.1", 0))));
    assert_eq!((child.end, child.stderr.as_str()), (KILLED, ""));
}

/// How a process may end that panics: `by_symbols` where looking for symbols is a violation that ends it, else `survived`.
fn ends_of_a_panic(on_violation: OnViolation, backtrace: &str, by_symbols: End, survived: End) -> Vec<End> {
    match on_violation {
        // FreeBSD's std was seen to find symbols in capability mode, so it may look for them without opening a file.
        OnViolation::Kill if backtrace != "0" && cfg!(target_os = "freebsd") => vec![by_symbols, survived],
        OnViolation::Kill if backtrace != "0" => vec![by_symbols],
        OnViolation::Kill | OnViolation::Error | OnViolation::Report => vec![survived],
    }
}

fn panics(on_violation: OnViolation, backtrace: &str) {
    set_variable("RUST_BACKTRACE", backtrace);
    let child = forked(|| {
        Sandbox::new("entry").on_violation(on_violation).enter().expect("entry");
        panic!("a panic in the body");
    });
    // A backtrace opens the program for its symbols, which ends it; the panic's text comes first.
    assert!(ends_of_a_panic(on_violation, backtrace, KILLED, PANICKED).contains(&child.end), "{child:?}");
    assert!(child.stderr.contains("a panic in the body"), "{child:?}");
}

fn thread_panics(on_violation: OnViolation, backtrace: &str) {
    set_variable("RUST_BACKTRACE", backtrace);
    let child = confined(on_violation, || {
        let joined = thread::Builder::new().name("worker".into()).spawn(|| panic!("a panic in a thread"));
        joined.expect("spawn").join().expect_err("the thread panicked");
    });
    let survived = if cfg!(panic = "abort") { PANICKED } else { End::Exited(0) };
    // Where threads are allowed, Linux refuses their opens softly: an allocator tries some.
    let by_symbols = if cfg!(target_os = "freebsd") { KILLED } else { survived };
    assert!(ends_of_a_panic(on_violation, backtrace, by_symbols, survived).contains(&child.end), "{child:?}");
    assert!(child.stderr.contains("'worker'") && child.stderr.contains("a panic in a thread"), "{child:?}");
}

#[allow(unconditional_recursion, reason = "the point")]
fn recurse(depth: u64) -> u64 {
    black_box([depth; 64]);
    recurse(black_box(depth + 1)) + 1
}

/// std's handler of SIGSEGV says what happened, and aborts.
fn stack_overflow(on_violation: OnViolation) {
    let child = confined(on_violation, || {
        if cfg!(target_os = "freebsd") {
            // There a program's first stack has half a GiB.
            let _ = thread::spawn(|| recurse(0)).join();
        } else {
            recurse(0);
        }
    });
    assert_eq!(child.end, End::Signalled(libc::SIGABRT), "{child:?}");
    assert!(child.stderr.contains("has overflowed its stack"), "{child:?}");
}

/// What every program does, and std does beneath it.
fn work(on_violation: OnViolation) {
    let child = confined(on_violation, || {
        let start = Instant::now();
        thread::sleep(Duration::from_millis(2));
        assert!(start.elapsed() >= Duration::from_millis(2));
        assert!(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).is_ok());
        let map: HashMap<u32, String> = (0..1000).map(|number| (number, number.to_string())).collect();
        assert_eq!(map[&999], "999");
        if cfg!(panic = "unwind") {
            std::panic::catch_unwind(|| panic!("caught")).expect_err("a panic");
        }
        let sums = thread::scope(|scope| {
            let threads: Vec<_> = (0..8_u64)
                .map(|seed| {
                    scope.spawn(move || {
                        let blocks: Vec<Vec<u64>> = (0..400).map(|size| vec![seed; size * 16]).collect();
                        thread::yield_now();
                        blocks.iter().map(|block| block.iter().sum::<u64>()).sum::<u64>()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread")).sum::<u64>()
        });
        assert_eq!(sums, 28 * 16 * (399 * 400 / 2));
        assert!(thread::available_parallelism().is_ok());
    });
    assert_eq!(child.end, End::Exited(0), "{child:?}");
}
