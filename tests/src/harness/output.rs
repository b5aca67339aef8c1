//! What is printed: libtest's format.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use super::Case;
use super::process::Ended;

/// A closed standard output must not end the run with a panic.
fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "test" } else { "tests" }
}

pub(super) fn list(cases: &[Case]) {
    let mut text = String::new();
    for case in cases {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: test", case.name);
    }
    let _ = writeln!(text, "\n{} {}, 0 benchmarks", cases.len(), plural(cases.len()));
    print(&text);
}

pub(super) fn start(count: usize) {
    print(&format!("\nrunning {count} {}\n", plural(count)));
}

pub(super) fn case(name: &str, ended: &Ended) {
    let result = if ended.passed() { "ok" } else { "FAILED" };
    print(&format!("test {name} ... {result}\n"));
}

pub(super) fn end(count: usize, failed: &[(&Case, Ended)], filtered_out: usize, elapsed: Duration) {
    let mut text = String::from("\n");
    if !failed.is_empty() {
        text.push_str("failures:\n\n");
        for (case, ended) in failed {
            let _ = writeln!(text, "---- {} ----", case.name);
            let _ = writeln!(text, "{}{}\n", String::from_utf8_lossy(&ended.output), ended.end);
        }
        text.push_str("\nfailures:\n");
        for (case, _) in failed {
            let _ = writeln!(text, "    {}", case.name);
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "test result: {}. {} passed; {} failed; 0 ignored; 0 measured; {filtered_out} filtered out; finished in {:.2}s\n",
        if failed.is_empty() { "ok" } else { "FAILED" },
        count - failed.len(),
        failed.len(),
        elapsed.as_secs_f64(),
    );
    print(&text);
}
