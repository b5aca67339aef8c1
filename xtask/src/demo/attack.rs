//! The attacker: what it tries, and that the sandbox makes the difference.

use std::io::{Write, stdout};
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::runner::{self, Ended};

/// A file, a descriptor used against its rights, a socket, a shell.
const ATTEMPTS: usize = 4;

/// Shows what is in force inside the attacker's sandbox.
pub(super) fn status(attacker: &Path) -> Result<()> {
    let mut lines = 0;
    let ended = runner::stream(Command::new(attacker).arg("--status"), &mut stdout(), |_| lines += 1);
    well(&ended)?;
    if lines == 0 {
        return Err(Failure::new("`attacker --status` says nothing"));
    }
    Ok(())
}

/// Shows that every attempt succeeds without the sandbox: else its refusal would prove nothing.
pub(super) fn unconfined(attacker: &Path) -> Result<()> {
    let seen = Attempts::watch(Command::new(attacker).arg("--unconfined"), &mut stdout())?;
    if seen.succeeded < ATTEMPTS || seen.refused > 0 {
        return Err(Failure::new(format!("without the sandbox every attempt must succeed: {}", seen.told())));
    }
    println!("without the sandbox: {}", seen.told());
    Ok(())
}

/// Shows that every attempt is refused under the sandbox.
pub(super) fn confined(attacker: &Path) -> Result<()> {
    let seen = Attempts::watch(&mut Command::new(attacker), &mut stdout())?;
    if seen.refused < ATTEMPTS || seen.succeeded > 0 {
        return Err(Failure::new(format!("under the sandbox every attempt must be refused: {}", seen.told())));
    }
    println!("under the sandbox: {}", seen.told());
    Ok(())
}

fn well(ended: &Ended) -> Result<()> {
    match ended {
        Ended::Code(0) => Ok(()),
        Ended::Code(code) => Err(Failure::new(format!("the attacker ended with exit code {code}"))),
        Ended::Signal(signal) => Err(Failure::new(format!("the attacker ended by signal {signal}"))),
        Ended::Overtime => Err(Failure::new("the attacker did not end")),
        Ended::NotStarted(why) => Err(Failure::new(format!("the attacker could not be run: {why}"))),
    }
}

/// How the attempts went, by the attacker's own lines: `<what>: succeeded …` or `<what>: refused …`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Attempts {
    succeeded: usize,
    refused: usize,
}

impl Attempts {
    fn watch(command: &mut Command, out: &mut impl Write) -> Result<Self> {
        let mut seen = Self::default();
        let ended = runner::stream(command, out, |line| seen.note(line));
        well(&ended)?;
        Ok(seen)
    }

    fn note(&mut self, line: &str) {
        self.succeeded += usize::from(line.contains(": succeeded"));
        self.refused += usize::from(line.contains(": refused"));
    }

    fn told(&self) -> String {
        format!("{} attempts succeeded, {} were refused", self.succeeded, self.refused)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::process::Command;

    use super::Attempts;

    #[test]
    fn attempts_are_counted_by_their_lines() {
        let script = "echo 'read /etc/passwd: refused (EPERM)'; echo 'because it was not declared'; \
                      echo 'open a socket: succeeded'";
        let seen = Attempts::watch(Command::new("sh").args(["-c", script]), &mut io::sink()).expect("it ends well");
        assert_eq!(seen, Attempts { succeeded: 1, refused: 1 });
    }

    #[test]
    fn an_attacker_that_dies_proves_nothing() {
        let script = "echo 'a: refused'; kill -KILL $$";
        Attempts::watch(Command::new("sh").args(["-c", script]), &mut io::sink()).expect_err("it ends by a signal");
    }
}
