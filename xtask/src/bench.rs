//! `cargo xtask bench`: installs what the benchmarks compare with, builds them in release and runs them.

use std::ffi::OsString;
use std::process::ExitCode;

use lexopt::prelude::Long;

use crate::failure::{Doing, Result};
use crate::groups::{Group, unknown_argument};
use crate::setup;
use crate::workspace::Workspace;

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    refuse_unknown(arguments)?;
    setup::ensure(|group| group == Group::Bench)?;
    let workspace = Workspace::here()?;
    let program = ["run", "--quiet", "--release", "--locked", "-p", "sandbox-benchmarks", "--features", "bench"];
    let name = ["--bin", "sandbox-benchmarks", "--"];
    let mut command = workspace.cargo(&[program.as_slice(), &name].concat());
    let status = command.args(arguments).status().doing("run the benchmarks")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says at once what the program would say after minutes of building. What the options mean is the program's to know.
fn refuse_unknown(arguments: &[OsString]) -> Result<()> {
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick" | "update") => {}
            Long("only") => drop(parser.value()?),
            other => return Err(unknown_argument("bench", &other, &["--quick", "--only", "--update"])),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::refuse_unknown;

    #[test]
    fn options_are_checked_before_anything_is_built() {
        refuse_unknown(&["--quick".into(), "--only".into(), "calls".into()]).expect("known options");
        let refused = refuse_unknown(&["--quik".into()]).expect_err("an unknown option").to_string();
        assert!(refused.contains("`--quik`") && refused.contains("`--quick`"), "{refused}");
        refuse_unknown(&["--only".into()]).expect_err("no group named");
    }
}
