//! The runner itself: what fails is reported as failed.

use std::process::{Command, ExitCode, Output};
use std::time::Duration;

use sandbox_tests::harness::{self, Case};
use sandbox_tests::sys::{self, End};

/// Set in the runs of the sample, whose cases end in every way that a case can end.
const SAMPLE: &str = "SANDBOX_TEST_SAMPLE";

fn main() -> ExitCode {
    if std::env::var_os(SAMPLE).is_some() {
        return harness::main(sample());
    }
    harness::main(vec![
        Case::new("passes", passes),
        Case::new("panics", || fails("panics", "the reason\n")),
        Case::new("exits", || fails("exits", "[exit status 3]")),
        Case::new("is_ended_by_a_signal", || fails("aborts", "[ended by signal 6]")),
        Case::new("takes_too_long", || fails("hangs", "[killed after 100ms]")),
        Case::new("counts", counts),
        Case::new("lists", lists),
        Case::new("refuses_unknown_options", refuses_unknown_options),
        Case::new("has_one_thread", has_one_thread),
        Case::new("sees_the_end_of_a_child", sees_the_end_of_a_child),
    ])
}

fn sample() -> Vec<Case> {
    vec![
        Case::new("sample::passes", || println!("not shown")),
        Case::new("sample::panics", || panic!("the reason")),
        Case::new("sample::exits", || std::process::exit(3)),
        Case::new("sample::aborts", || std::process::abort()),
        Case::new("sample::hangs", hangs).time_limit(Duration::from_millis(100)),
    ]
}

/// Waits for ever, and so does a process that it started, which holds the output open.
fn hangs() {
    let forever = || loop {
        std::thread::park();
    };
    let _ = sys::forked(forever);
    forever();
}

fn run(arguments: &[&str]) -> (Output, String) {
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new(program).args(arguments).env(SAMPLE, "").output().expect("run the sample");
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    (output, text)
}

#[track_caller]
fn contains(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "no `{wanted}` in:\n{text}");
}

fn passes() {
    let (output, text) = run(&["sample::passes", "--exact"]);
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("\nrunning 1 test\ntest sample::passes ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out; finished in "), "{text}");
}

fn fails(case: &str, wanted: &str) {
    let (output, text) = run(&[&format!("sample::{case}"), "--exact"]);
    assert_eq!(output.status.code(), Some(101), "{text}");
    contains(&text, &format!("test sample::{case} ... FAILED\n"));
    contains(&text, wanted);
    contains(&text, "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in ");
}

fn counts() {
    let (output, text) = run(&["--skip", "hangs", "--test-threads=2"]);
    assert_eq!(output.status.code(), Some(101), "{text}");
    contains(&text, "\nrunning 4 tests\n");
    contains(&text, "\nfailures:\n    sample::");
    contains(&text, "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 1 filtered out; finished in ");
    assert!(!text.contains("not shown"), "{text}");
}

fn lists() {
    let (output, text) = run(&["--list", "pa"]);
    assert!(output.status.success(), "{text}");
    assert_eq!(text, "sample::panics: test\nsample::passes: test\n\n2 tests, 0 benchmarks\n");
}

fn refuses_unknown_options() {
    let (output, _) = run(&["--ignored"]);
    assert_eq!(output.status.code(), Some(101));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: `--ignored` is not an option of this program\n");
}

/// Entry counts the threads as the kernel sees them, and takes one.
fn has_one_thread() {
    sandbox_rt::Sandbox::new("case").enter().expect("one thread");
}

fn sees_the_end_of_a_child() {
    let child = sys::forked(|| println!("out"));
    assert_eq!((child.end, child.stdout.as_str(), child.stderr.as_str()), (End::Exited(0), "out\n", ""));
    let child = sys::forked(|| panic!("err"));
    assert_eq!(child.end, End::Exited(101));
    contains(&child.stderr, "err\n");
    assert_eq!(sys::forked(|| std::process::abort()).end, End::Signalled(6));
}
