//! The command line; `cargo xtask help` explains it.

use std::ffi::OsString;

use anyhow::{Result, bail};
use lexopt::prelude::Long;

use crate::groups;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) only: Option<String>,
    pub(crate) update: bool,
}

impl Options {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("quick") => options.quick = true,
                Long("only") => {
                    let name = parser.value()?.to_string_lossy().into_owned();
                    if !groups::ALL.iter().any(|group| group.name == name) {
                        let names = groups::ALL.map(|group| group.name).join(", ");
                        bail!("unknown group `{name}`\nhelp: the groups are {names}");
                    }
                    options.only = Some(name);
                }
                Long("update") => options.update = true,
                other => return Err(other.unexpected().into()),
            }
        }
        if options.update && (options.quick || options.only.is_some()) {
            bail!("`--update` needs a whole run\nhelp: leave out `--quick` and `--only`");
        }
        if options.update && cfg!(debug_assertions) {
            bail!("`--update` needs a release build\nhelp: run `cargo xtask bench --update`");
        }
        Ok(options)
    }

    /// The command as a person would type it.
    pub(crate) fn command(&self) -> String {
        let mut command = "cargo xtask bench".to_owned();
        if self.quick {
            command.push_str(" --quick");
        }
        if let Some(only) = &self.only {
            command.push_str(" --only ");
            command.push_str(only);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(arguments.iter().map(Into::into)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_part_of_a_run_does_not_go_into_the_document() {
        let refused = parse(&["--quick", "--update"]).expect_err("too few rounds");
        assert!(refused.contains("`--update` needs a whole run"), "{refused}");
        parse(&["--only", "calls", "--update"]).expect_err("one group alone");
    }

    #[test]
    fn unknown_words_are_refused() {
        let refused = parse(&["--only", "call"]).expect_err("no such group");
        assert!(refused.contains("`call`") && refused.contains("calls, entry"), "{refused}");
        parse(&["--fast"]).expect_err("no such option");
        parse(&["calls"]).expect_err("no words of its own");
    }

    #[test]
    fn the_command_is_what_was_asked_for() {
        let options = parse(&["--quick", "--only=entry"]).expect("valid options");
        assert_eq!(options.command(), "cargo xtask bench --quick --only entry");
    }
}
