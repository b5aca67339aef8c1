//! What the kernel's abilities mean for a binary.

use sandbox_policy::freebsd::Release;
use sandbox_policy::note::EmbeddedPolicy;
use serde::Serialize;

use super::attempt::{Attempt, State};
use crate::assumed;
use crate::binary::Binary;
use crate::cli::System;

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Advice {
    pub(super) path: String,
    /// Functions that cannot be confined here, and why.
    pub(super) refused: Vec<String>,
    /// Mechanisms that are not there, and what that leaves.
    pub(super) lacks: Vec<String>,
    /// Functions that can be confined here.
    pub(super) fine: Vec<String>,
    /// What to do about it.
    pub(super) can: Vec<String>,
}

pub(super) fn about(binary: &Binary, attempt: &Attempt) -> Advice {
    let mut advice = Advice { path: binary.path.display().to_string(), ..Advice::default() };
    let here = if cfg!(target_os = "freebsd") { System::Freebsd } else { System::Linux };
    if binary.system != here {
        advice.refused.push("it is for another system than this".to_owned());
        advice.can.push("explain it instead: `cargo sandbox explain`".to_owned());
        return advice;
    }
    if binary.arch.name() != std::env::consts::ARCH {
        advice.refused.push(format!(
            "it is for {}, and this machine is {}",
            binary.arch.name(),
            std::env::consts::ARCH
        ));
    }
    match attempt {
        Attempt::Failed { .. } => advice.refused.push("nothing can be confined here, for the reason above".to_owned()),
        Attempt::Entered { mechanisms, landlock } => {
            for policy in &binary.policies {
                function(policy, landlock.unwrap_or(0), here, &mut advice);
            }
            for mechanism in mechanisms.iter().filter(|mechanism| mechanism.state == State::Missing) {
                advice.lacks.push(format!("{}: {}", mechanism.name, mechanism.text));
            }
        }
    }
    advice
}

fn function(policy: &EmbeddedPolicy, landlock: u32, here: System, advice: &mut Advice) {
    let plan = match here {
        System::Linux => {
            assumed::on_linux(policy, policy_arch(), landlock).map(drop).map_err(|error| error.to_string())
        }
        System::Freebsd => assumed::on_freebsd(policy, running()).map(drop).map_err(|error| error.to_string()),
    };
    match plan {
        Ok(()) if policy.learning => {
            advice.refused.push(format!("{}: it is built to learn, and enforces nothing", policy.path()));
            advice.can.push("build it again without the feature `learn` of sandbox-rt".to_owned());
        }
        Ok(()) => advice.fine.push(policy.path()),
        Err(error) => {
            advice.refused.push(format!("{}: {error}", policy.path()));
            if error.contains("Landlock") {
                let newer = "use a kernel with Landlock (5.13 and later), or open the files before entry".to_owned();
                if !advice.can.contains(&newer) {
                    advice.can.push(newer);
                }
            }
        }
    }
}

/// The architecture of this program, which runs here.
fn policy_arch() -> sandbox_policy::linux::Arch {
    use sandbox_policy::linux::Arch;
    Arch::ALL.into_iter().find(|arch| arch.name() == std::env::consts::ARCH).unwrap_or(Arch::X86_64)
}

/// The running release, as uname(3) tells it: `15.1-RELEASE`.
fn running() -> Release {
    let about = rustix::system::uname();
    let release = about.release().to_string_lossy();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    Release(major.saturating_mul(100_000).saturating_add(minor.saturating_mul(1_000)))
}
