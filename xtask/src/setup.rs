//! Makes sure that what the tests need is there: probes, installs where it can, else says what to run.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::failure::{Doing, Failure, Result};
use crate::groups::{self, Group};
use crate::identity::{is_root, succeeds};
use crate::needs::{NEEDS, Need, Source};
use crate::packages::Manager;

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    groups::no_options("setup", arguments)?;
    ensure(|_| true)?;
    for need in NEEDS {
        println!("found: {}", need.what);
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes sure of everything that a group which runs needs.
///
/// # Errors
///
/// When something is missing and cannot be installed: the failure names it, and the command that would install it.
pub(crate) fn ensure(runs: impl Fn(Group) -> bool) -> Result<()> {
    // Elsewhere than on Linux the suites that need more than a compiler are left out.
    let is_for_here = |need: &&Need| cfg!(target_os = "linux") || need.groups == Group::ALL;
    let needed = NEEDS.iter().filter(is_for_here).filter(|need| need.groups.iter().any(|group| runs(*group)));
    obtain(&needed.collect::<Vec<_>>())
}

/// Makes sure of these.
///
/// # Errors
///
/// As [`ensure`].
pub(crate) fn obtain(needed: &[&Need]) -> Result<()> {
    let missing = missing(needed);
    if missing.is_empty() {
        return Ok(());
    }
    for (need, why) in &missing {
        println!("missing: {} ({why})", need.what);
    }
    let sources: Vec<Source> = missing.iter().map(|(need, _)| need.source).collect();
    install(&commands(&sources, Manager::here())?)?;
    match self::missing(needed).first() {
        None => Ok(()),
        Some((need, why)) => Err(Failure::new(format!("{} is still missing: {why}", need.what))),
    }
}

fn missing<'a>(needed: &[&'a Need]) -> Vec<(&'a Need, String)> {
    needed.iter().filter_map(|need| Some((*need, (need.probe)().err()?))).collect()
}

/// A command that installs something.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    words: Vec<&'static str>,
    as_root: bool,
}

/// The commands that install all of these.
fn commands(sources: &[Source], manager: Option<Manager>) -> Result<Vec<Step>> {
    let mut packages = Vec::new();
    let mut components = Vec::new();
    for source in sources {
        match source {
            Source::Rustup(component) => components.push(*component),
            Source::System(names) => {
                let manager = manager.ok_or_else(|| {
                    Failure::new("no package manager that is known here")
                        .help(format!("install these, by whatever name they have: {}", names.dnf.join(" ")))
                })?;
                packages.extend_from_slice(manager.names(names));
            }
        }
    }
    let mut steps = Vec::new();
    if let Some(manager) = manager.filter(|_| !packages.is_empty()) {
        steps.extend(manager.refresh().map(|words| Step { words: words.to_vec(), as_root: true }));
        let words = [manager.install(), &packages].concat();
        steps.push(Step { words, as_root: true });
    }
    if !components.is_empty() {
        let words = [&["rustup", "component", "add"], components.as_slice()].concat();
        steps.push(Step { words, as_root: false });
    }
    Ok(steps)
}

fn install(steps: &[Step]) -> Result<()> {
    let root = is_root();
    if !root && steps.iter().any(|step| step.as_root) && !succeeds(Command::new("sudo").args(["-n", "true"])) {
        return Err(Failure::new("installing this needs root").help(format!("run: {}", one_line(steps))));
    }
    for step in steps {
        let sudo: &[&str] = if step.as_root && !root { &["sudo", "-n"] } else { &[] };
        let words = [sudo, &step.words].concat();
        let shown = words.join(" ");
        println!("running: {shown}");
        let status = Command::new(words[0])
            .args(&words[1..])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status()
            .doing(format!("run `{shown}`"))?;
        if !status.success() {
            return Err(Failure::new(format!("`{shown}`: {status}")).help(format!("run: {}", one_line(steps))));
        }
    }
    Ok(())
}

/// The steps as a person would type them.
fn one_line(steps: &[Step]) -> String {
    let line = |step: &Step| {
        let sudo = if step.as_root { "sudo " } else { "" };
        format!("{sudo}{}", step.words.join(" "))
    };
    steps.iter().map(line).collect::<Vec<_>>().join(" && ")
}

#[cfg(test)]
mod tests {
    use super::{commands, one_line};
    use crate::needs::{NEEDS, Source};
    use crate::packages::Manager;

    fn sources(words: &[&str]) -> Vec<Source> {
        let wanted = |what: &str| words.iter().any(|word| what.contains(word));
        NEEDS.iter().filter(|need| wanted(need.what)).map(|need| need.source).collect()
    }

    #[test]
    fn everything_missing_is_one_command() {
        let steps = commands(&sources(&["libseccomp", "gzip", "clippy"]), Some(Manager::Apt)).expect("apt is known");
        assert_eq!(
            one_line(&steps),
            "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libseccomp-dev gzip && \
             rustup component add clippy"
        );
        let steps = commands(&sources(&["libseccomp"]), Some(Manager::Dnf)).expect("dnf is known");
        assert_eq!(one_line(&steps), "sudo dnf install --assumeyes libseccomp-devel");
    }

    #[test]
    fn without_a_known_manager_only_rustup_can_install() {
        commands(&sources(&["gzip"]), None).expect_err("nothing can install it");
        let steps = commands(&sources(&["clippy"]), None).expect("rustup is enough");
        assert_eq!(one_line(&steps), "rustup component add clippy");
    }
}
