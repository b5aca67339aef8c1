//! Whom a program runs as: the user at hand, an ordinary user, or root.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// The user and group of nobody, by convention.
pub(crate) const NOBODY: u32 = 65534;

/// Variables for one program.
pub(crate) type Variables = Vec<(&'static str, OsString)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Whoever runs this.
    Current,
    /// [`NOBODY`], when this runs as root.
    Nobody,
    /// Root of a user namespace of its own.
    NamespaceRoot,
    /// Root by a `sudo` that asks for no password.
    SudoRoot,
}

impl Identity {
    /// An ordinary user: whoever runs this, or nobody when that is root.
    ///
    /// Where root cannot become nobody (a user namespace that maps root alone), that is said and root it is.
    pub(crate) fn ordinary() -> Self {
        if !is_root() {
            return Self::Current;
        }
        if succeeds(&mut Self::Nobody.command(Path::new("true"), &Variables::new())) {
            return Self::Nobody;
        }
        println!(
            "note: user {NOBODY} does not exist in this namespace: what should run as an ordinary user runs as root"
        );
        Self::Current
    }

    /// Root, by whichever way is open.
    ///
    /// # Errors
    ///
    /// When none is: the failure says what to do.
    pub(crate) fn root() -> Result<Self> {
        if is_root() {
            return Ok(Self::Current);
        }
        [Self::NamespaceRoot, Self::SudoRoot]
            .into_iter()
            .find(|way| succeeds(&mut way.command(Path::new("true"), &Variables::new())))
            .ok_or_else(|| {
                Failure::new("no way to run the root-only tests: no user namespace, no password-free sudo").help(
                    "allow user namespaces (`sudo sysctl kernel.unprivileged_userns_clone=1 \
                     kernel.apparmor_restrict_unprivileged_userns=0`), run this as root, \
                     or leave these tests out: `--without root`",
                )
            })
    }

    /// The command that runs `program` as this user, with these variables beside the present ones.
    pub(crate) fn command(self, program: &Path, variables: &Variables) -> Command {
        match self {
            Self::Current => with(program, variables),
            Self::Nobody => {
                let mut command = with(program, variables);
                command.uid(NOBODY).gid(NOBODY);
                command
            }
            Self::NamespaceRoot => {
                let mut command = with("unshare", variables);
                command.args(["-U", "-r"]).arg(program);
                command
            }
            Self::SudoRoot => {
                // Through `env`, as sudo takes variables away.
                let mut command = Command::new("sudo");
                command.args(["-n", "env"]);
                for (name, value) in variables {
                    let mut assignment = OsString::from(format!("{name}="));
                    assignment.push(value);
                    command.arg(assignment);
                }
                command.arg(program);
                command
            }
        }
    }
}

fn with(program: impl AsRef<OsStr>, variables: &Variables) -> Command {
    let mut command = Command::new(program);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whether a probe can be run and ends well. What it prints is of no interest.
pub(crate) fn succeeds(probe: &mut Command) -> bool {
    probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Identity;

    #[test]
    fn sudo_gets_the_variables_through_env() {
        let command = Identity::SudoRoot.command(Path::new("/x/kernel"), &vec![("HOME", "/x".into())]);
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(command.get_program(), "sudo");
        assert_eq!(arguments, ["-n", "env", "HOME=/x", "/x/kernel"]);
    }
}
