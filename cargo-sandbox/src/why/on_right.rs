//! Questions about a right instead of a call.

use sandbox_policy::vocabulary::{Enforcement, Row};

use super::{Answer, Argument, Question, Subject, Verdict, change};
use crate::cli::System;
use crate::explain::remark;
use crate::failure::{Failure, Result};

pub(super) fn answer(subject: &Subject<'_>, question: &Question, row: &Row, system: System) -> Result<Answer> {
    let [Argument::Resource(name)] = &question.arguments[..] else {
        return Err(Failure::new(format!("the right `{}` is asked about on one resource", row.name))
            .help(format!("write `{}(NAME)`", row.name)));
    };
    let Some((_, _, has)) = subject.find(name) else {
        return Err(Failure::new(format!("`{}` declares no `{name}`", subject.policy.path())));
    };
    let refused_by_system = match system {
        System::Linux => row.on_linux,
        System::Freebsd => row.on_freebsd,
    };
    let because = |text: String| {
        let mut because = vec![text];
        because.extend(remark(row, system));
        because
    };
    let answer = |verdict, because, change| Ok(Answer { function: subject.policy.path(), verdict, because, change });
    if let Enforcement::Refused(why) = refused_by_system {
        return answer(Verdict::Refused, vec![format!("this system grants it to nothing: {why}")], None);
    }
    if !has.gone && has.rights.contains(row.rights) {
        return answer(Verdict::Allowed, because(format!("`{name}` has {has}")), None);
    }
    let change = change::declared(name, has, row.rights.union(row.needs));
    answer(Verdict::Refused, because(format!("`{name}` has {has}")), Some(change))
}
