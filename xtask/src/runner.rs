//! Runs a test program, shows its output as it comes, and counts by libtest's result lines.

use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A program that takes longer hangs: the whole of CI has 45 minutes.
const LIMIT: Duration = Duration::from_mins(20);
/// How often a silent program is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// What a test program came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    /// What went wrong beside tests that failed.
    pub(crate) trouble: Option<String>,
}

/// Which result lines of a program's output count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// The last: one test program, whose children may have printed result lines of their own.
    Last,
    /// All: `cargo test`, which runs several programs.
    All,
}

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Code(i32),
    Signal(i32),
    Overtime,
    NotStarted(String),
}

/// Runs a test program, or `cargo test`, to its end and counts.
pub(crate) fn run(command: &mut Command, count: Count, out: &mut impl Write) -> Outcome {
    let mut results = Vec::new();
    let ended = stream(command, out, |line| results.extend(ResultLine::parse(line)));
    judge(&results, &ended, count)
}

/// Runs a program with an empty standard input, copies what it writes to `out` as it comes, and hands each line to
/// `each`.
pub(crate) fn stream(command: &mut Command, out: &mut impl Write, each: impl FnMut(&str)) -> Ended {
    stream_within(LIMIT, command, out, each)
}

fn stream_within(limit: Duration, command: &mut Command, out: &mut impl Write, mut each: impl FnMut(&str)) -> Ended {
    let (mut child, output) = match start(command) {
        Ok(started) => started,
        Err(error) => return Ended::NotStarted(error.to_string()),
    };
    let lines = read_lines(output);
    let deadline = Instant::now() + limit;
    let mut ended_already = false;
    while Instant::now() <= deadline {
        match lines.recv_timeout(GLANCE) {
            Ok(line) => {
                // Where nobody reads any more, the counting still goes on.
                let _ = out.write_all(&line).and_then(|()| out.flush());
                each(String::from_utf8_lossy(&line).trim_end());
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // The program has ended, and what it left behind holds the pipe open without a word.
            Err(RecvTimeoutError::Timeout) if ended_already => break,
            // Its last lines may still be on their way: one more glance.
            Err(RecvTimeoutError::Timeout) => ended_already = matches!(child.try_wait(), Ok(Some(_))),
        }
    }
    match wait(&mut child, deadline) {
        Ok(Some(status)) => ended(status),
        Ok(None) => Ended::Overtime,
        Err(error) => Ended::NotStarted(error.to_string()),
    }
}

/// Starts the program with both of its outputs in one pipe, so that their lines stay in order.
fn start(command: &mut Command) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn();
    // The command holds the write ends: the reader would never see the end of file.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok((child?, reader))
}

fn read_lines(output: PipeReader) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let mut line = Vec::new();
            match output.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) if sender.send(line).is_err() => break,
                Ok(_) => {}
            }
        }
    });
    receiver
}

/// Waits for a program whose output has ended, which need not mean that it ends itself.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // What runs through sudo cannot be killed, and is not waited for.
    if child.kill().is_ok() {
        child.wait()?;
    }
    Ok(None)
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, Some(signal)) => Ended::Signal(signal),
        (None, None) => Ended::NotStarted(status.to_string()),
    }
}

/// A line `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
#[derive(Debug, PartialEq, Eq)]
struct ResultLine {
    ok: bool,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl ResultLine {
    fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("test result: ")?;
        let (verdict, counts) = rest.split_once(". ")?;
        let ok = match verdict {
            "ok" => true,
            "FAILED" => false,
            _ => return None,
        };
        let count = |word: &str| {
            counts
                .split(';')
                .filter_map(|part| part.trim().split_once(' '))
                .find_map(|(number, name)| (name == word).then(|| number.parse().ok())?)
        };
        Some(Self { ok, passed: count("passed")?, failed: count("failed")?, ignored: count("ignored").unwrap_or(0) })
    }
}

/// Nothing that goes wrong is lost: whatever does not add up is at least one failure.
fn judge(results: &[ResultLine], ended: &Ended, count: Count) -> Outcome {
    let counted = match count {
        Count::Last => &results[results.len().saturating_sub(1)..],
        Count::All => results,
    };
    let mut outcome = Outcome::default();
    for line in counted {
        outcome.passed += line.passed;
        // A verdict that contradicts its count is a failure.
        outcome.failed += if line.ok { line.failed } else { line.failed.max(1) };
        outcome.ignored += line.ignored;
    }
    outcome.trouble = match ended {
        Ended::Code(0) if counted.is_empty() => Some("ended without a result line".into()),
        Ended::Code(0) => None,
        // That some failed is what the exit code says.
        Ended::Code(_) if outcome.failed > 0 => None,
        Ended::Code(code) => Some(format!("ended with exit code {code}, though no test failed")),
        Ended::Signal(signal) => Some(format!("ended by signal {signal}")),
        Ended::Overtime => Some(format!("did not end within {} minutes", LIMIT.as_secs() / 60)),
        Ended::NotStarted(why) => Some(format!("could not be run: {why}")),
    };
    if outcome.trouble.is_some() {
        outcome.failed += 1;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{Count, Ended, Outcome, ResultLine, judge, run, stream_within};

    fn shell(script: &str) -> Outcome {
        run(Command::new("sh").args(["-c", script]), Count::Last, &mut io::sink())
    }

    fn counts(passed: u64, failed: u64, trouble: Option<&str>) -> Outcome {
        Outcome { passed, failed, ignored: 0, trouble: trouble.map(Into::into) }
    }

    #[test]
    fn libtests_line_is_read() {
        let line = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s";
        let expected = ResultLine { ok: true, passed: 5, failed: 0, ignored: 1 };
        assert_eq!(ResultLine::parse(line), Some(expected));
        let short = ResultLine::parse("test result: FAILED. 5 passed; 2 failed;").expect("a result line");
        assert_eq!((short.ok, short.passed, short.failed), (false, 5, 2));
    }

    #[test]
    fn other_lines_are_not_read() {
        for line in [
            "test result",
            "test a ... ok",
            "test result: ok. many passed; 0 failed",
            " test result: ok. 1 passed; 0 failed",
        ] {
            assert_eq!(ResultLine::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_program_counts_once_and_cargo_each_time() {
        let line = || ResultLine::parse("test result: ok. 2 passed; 0 failed").expect("a result line");
        let lines = [line(), line()];
        assert_eq!(judge(&lines, &Ended::Code(0), Count::Last), counts(2, 0, None));
        assert_eq!(judge(&lines, &Ended::Code(0), Count::All), counts(4, 0, None));
    }

    #[test]
    fn a_run_that_holds_is_counted() {
        assert_eq!(shell("echo 'test result: ok. 3 passed; 0 failed'"), counts(3, 0, None));
        assert_eq!(shell("echo 'test result: FAILED. 3 passed; 1 failed'; exit 101"), counts(3, 1, None));
    }

    #[test]
    fn whatever_does_not_add_up_is_a_failure() {
        assert_eq!(shell("echo hello"), counts(0, 1, Some("ended without a result line")));
        let by_signal = "echo 'test result: ok. 3 passed; 0 failed'; kill -KILL $$";
        assert_eq!(shell(by_signal), counts(3, 1, Some("ended by signal 9")));
        let by_code = "echo 'test result: ok. 3 passed; 0 failed'; exit 7";
        assert_eq!(shell(by_code), counts(3, 1, Some("ended with exit code 7, though no test failed")));
        assert_eq!(shell("echo 'test result: FAILED. 3 passed; 0 failed'"), counts(3, 1, None));
        let missing = run(&mut Command::new("/nonexistent/program"), Count::Last, &mut io::sink());
        assert!(missing.failed == 1 && missing.trouble.is_some(), "{missing:?}");
    }

    #[test]
    fn a_program_that_does_not_end_is_given_up() {
        for script in ["exec sleep 60", "exec sleep 60 >&- 2>&-", "while :; do echo hello; done"] {
            let mut command = Command::new("sh");
            let limit = Duration::from_millis(300);
            let ended = stream_within(limit, command.args(["-c", script]), &mut io::sink(), |_| ());
            assert_eq!(ended, Ended::Overtime, "{script}");
        }
        let outcome = judge(&[], &Ended::Overtime, Count::Last);
        assert_eq!(outcome, counts(0, 1, Some("did not end within 20 minutes")));
    }

    #[test]
    fn what_a_program_leaves_behind_does_not_hold_up_the_run() {
        let started = Instant::now();
        assert_eq!(shell("sleep 60 & echo 'test result: ok. 1 passed; 0 failed'"), counts(1, 0, None));
        assert!(started.elapsed().as_secs() < 30);
    }
}
