//! The one total at the end.

use std::fmt;
use std::process::ExitCode;

use crate::groups::Group;
use crate::runner::Outcome;

/// What all runs came to.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    passed: u64,
    failed: u64,
    ignored: u64,
    failures: Vec<String>,
    left_out: Vec<Group>,
}

impl Summary {
    pub(crate) fn new(left_out: &[Group]) -> Self {
        Self { left_out: left_out.to_vec(), ..Self::default() }
    }

    /// Adds what a test program came to.
    pub(crate) fn add(&mut self, name: &str, outcome: &Outcome) {
        self.passed += outcome.passed;
        self.failed += outcome.failed;
        self.ignored += outcome.ignored;
        match &outcome.trouble {
            Some(trouble) => self.failures.push(format!("{name}: {trouble}")),
            None if outcome.failed > 0 => {
                let all = outcome.failed + outcome.passed;
                self.failures.push(format!("{name}: {} of {all} failed", outcome.failed));
            }
            None => {}
        }
    }

    /// Adds one failure that is not a test's: a build, a check.
    pub(crate) fn fail(&mut self, name: &str, why: impl fmt::Display) {
        self.failed += 1;
        self.failures.push(format!("{name}: {why}"));
    }

    /// Adds one success that is not a test program's.
    pub(crate) fn pass(&mut self) {
        self.passed += 1;
    }

    /// Success only when nothing failed and something passed.
    pub(crate) fn succeeded(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.succeeded() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.failures.is_empty() {
            writeln!(out, "failed:")?;
        }
        for failure in &self.failures {
            writeln!(out, "  {}", failure.replace('\n', "\n    "))?;
        }
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(out, ", {} ignored", self.ignored)?;
        }
        if !self.left_out.is_empty() {
            let count = self.left_out.len();
            let names: Vec<&str> = self.left_out.iter().map(|group| group.name()).collect();
            let groups = if count == 1 { "group" } else { "groups" };
            write!(out, ", {count} {groups} left out: {}", names.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::groups::Group;
    use crate::runner::Outcome;

    fn outcome(passed: u64, failed: u64, trouble: Option<&str>) -> Outcome {
        Outcome { passed, failed, ignored: 0, trouble: trouble.map(Into::into) }
    }

    #[test]
    fn the_last_line_counts_tests_and_groups_left_out() {
        let mut summary = Summary::new(&[Group::Net]);
        summary.add("a", &outcome(3, 0, None));
        assert_eq!(summary.to_string(), "3 passed, 0 failed, 1 group left out: net");
        assert!(summary.succeeded());

        let mut summary = Summary::new(&[Group::Net, Group::Root]);
        summary.add("a", &Outcome { ignored: 2, ..outcome(3, 0, None) });
        assert_eq!(summary.to_string(), "3 passed, 0 failed, 2 ignored, 2 groups left out: net, root");
    }

    #[test]
    fn failures_are_named_above_the_last_line() {
        let mut summary = Summary::new(&[]);
        summary.add("tests kernel", &outcome(3, 1, None));
        summary.add("tests escapes", &outcome(0, 1, Some("ended by signal 31")));
        summary.fail("root", "no way\nhelp: another");
        let expected = "failed:\n  tests kernel: 1 of 4 failed\n  tests escapes: ended by signal 31\n  \
                        root: no way\n    help: another\n3 passed, 3 failed";
        assert_eq!(summary.to_string(), expected);
        assert!(!summary.succeeded());
    }

    #[test]
    fn nothing_passed_is_no_success() {
        assert!(!Summary::new(&[]).succeeded());
    }
}
