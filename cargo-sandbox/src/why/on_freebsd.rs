//! Questions about a FreeBSD call: capability mode and the descriptor's rights decide.

use sandbox_policy::freebsd::Release;
use sandbox_policy::freebsd::call::Names;
use sandbox_policy::{Rights, vocabulary};

use super::{Answer, Argument, Question, Subject, Verdict, change};
use crate::assumed;
use crate::cli::System;
use crate::failure::Result;

pub(super) fn answer(subject: &Subject<'_>, question: &Question, release: Release) -> Result<Answer> {
    let Some(call) = question.freebsd() else {
        return Err(question.unknown(System::Freebsd));
    };
    let function = subject.policy.path();
    let refused = |because: String, change: Option<String>| {
        Ok(Answer { function: function.clone(), verdict: Verdict::Refused, because: vec![because], change })
    };
    let plan = match assumed::on_freebsd(subject.policy, release) {
        Ok(plan) => plan,
        Err(error) => return refused(format!("FreeBSD {release} refuses the whole declaration: {error}"), None),
    };
    let about = question.resources().next().and_then(|name| subject.find(name));
    let path = question.arguments.iter().find_map(|argument| match argument {
        Argument::Path(path) => Some(path.clone()),
        _ => None,
    });
    let instead = || match (call.name, &path) {
        ("open" | "openat", Some(path)) => format!("open it before entry: fds(NAME = open(\"{path}\") => read)"),
        ("execve" | "__mac_execve", _) => "start programs before entry, and declare their pipes".to_owned(),
        _ => "do it before entry".to_owned(),
    };
    match (call.names, about) {
        (Names::Path(_), _) | (Names::PathAt(..), None) => refused(
            "capability mode has no paths that start at the working directory or the root".to_owned(),
            Some(instead()),
        ),
        (Names::Global, _) => Ok(Answer {
            function,
            verdict: Verdict::Depends,
            because: vec![
                "capability mode decides by more than the call: it may not name what lies outside of the process"
                    .to_owned(),
            ],
            change: None,
        }),
        (Names::Address, _) if call.right.is_empty() => refused(
            "capability mode names no address".to_owned(),
            Some("do it before entry, and declare the socket".to_owned()),
        ),
        (Names::Descriptor | Names::PathAt(..) | Names::Address, Some((name, number, has))) => {
            let descriptor = plan.descriptor(*number).filter(|_| !has.gone);
            let constants = descriptor.map(|descriptor| descriptor.constants.join(" ")).unwrap_or_default();
            let granted = descriptor.map_or(Rights::NONE, |descriptor| of_constants(&descriptor.constants));
            let because = if constants.is_empty() {
                format!("`{name}` is limited to no right")
            } else {
                format!("`{name}` is limited to {constants}")
            };
            if call.right.is_empty() {
                let because = vec![because, "the kernel decides by more than the call".to_owned()];
                return Ok(Answer { function, verdict: Verdict::Depends, because, change: None });
            }
            if granted.contains(call.right) {
                let because = vec![because, format!("`{}` needs {}", call.name, call.right)];
                return Ok(Answer { function, verdict: Verdict::Allowed, because, change: None });
            }
            refused(
                format!("{because}, and `{}` needs {}", call.name, call.right),
                Some(change::declared(name, has, call.right)),
            )
        }
        (Names::Descriptor | Names::Address, None) => {
            let with: Vec<&str> = plan
                .descriptors
                .iter()
                .filter(|descriptor| of_constants(&descriptor.constants).contains(call.right))
                .map(|descriptor| descriptor.name.as_str())
                .collect();
            if with.is_empty() {
                return refused(
                    format!("no descriptor has {}", call.right),
                    Some(format!("fds(NAME = {})", call.right)),
                );
            }
            let because =
                vec![format!("allowed on {}, which have {}; refused on every other", with.join(", "), call.right)];
            Ok(Answer { function, verdict: Verdict::Depends, because, change: None })
        }
    }
}

/// The rights that these constants of rights(4) are.
fn of_constants(constants: &[&str]) -> Rights {
    vocabulary::rows()
        .filter(|row| row.freebsd.is_some_and(|constant| constants.contains(&constant)))
        .fold(Rights::NONE, |all, row| all.union(row.rights))
}
