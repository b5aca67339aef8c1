//! `why`: whether a call is allowed, by which rule, and what declaration would change that.

mod change;
mod on_freebsd;
mod on_linux;
mod on_right;
mod question;

use std::io::Write;

use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::{Declared, Origin, linux, vocabulary};
use serde::Serialize;

use crate::assumed;
use crate::binary::{self, Binary};
use crate::cli::{self, System};
use crate::failure::{Failure, Result};
use crate::paper::{BAD, GOOD, NOTE, TITLE};
use crate::{NO, YES, paper};
pub(crate) use change::never;
use question::{Argument, Question};

/// The answer for one function.
#[derive(Debug, Serialize)]
struct Answer {
    function: String,
    verdict: Verdict,
    /// What decides.
    because: Vec<String>,
    /// What would have to be declared, or done instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Allowed,
    /// Allowed on some conditions, refused else.
    Depends,
    Refused,
}

pub(crate) fn main(options: &cli::Why, out: &mut dyn Write) -> Result<u8> {
    let question = Question::parse(&options.call)?;
    let binary = Binary::confined(&options.binary)?;
    let policies = binary::named(&binary, options.function.as_deref())?;
    let system = options.kernel.system.unwrap_or(binary.system);
    let arch = options.kernel.arch.map_or(binary.arch, linux::Arch::from);
    let subjects: Vec<Subject<'_>> =
        policies.iter().map(|policy| Subject { policy, numbers: numbers(policy) }).collect();
    // A resource that only some functions have is asked about there.
    let mut known = subjects.iter().filter(|subject| subject.has_all(&question)).peekable();
    if known.peek().is_none() {
        return Err(no_such_resource(&question, &subjects));
    }
    let answers = known
        .map(|subject| match (system, vocabulary::find(&question.name), question.is_call(system)) {
            (System::Linux, _, true) => on_linux::answer(subject, &question, arch, options.kernel.landlock),
            (System::Freebsd, _, true) => on_freebsd::answer(subject, &question, options.kernel.freebsd),
            (_, Some(row), false) => on_right::answer(subject, &question, row, system),
            (_, None, false) => Err(question.unknown(system)),
        })
        .collect::<Result<Vec<Answer>>>()?;
    if options.json {
        paper::json(&answers, out)?;
    } else {
        for answer in &answers {
            write(answer, &question, out)?;
        }
    }
    let refused = answers.iter().any(|answer| answer.verdict == Verdict::Refused);
    Ok(if refused { NO } else { YES })
}

fn write(answer: &Answer, question: &Question, out: &mut dyn Write) -> Result<()> {
    let Answer { function, verdict, because, change } = answer;
    write!(out, "{TITLE}{function}{TITLE:#}: `{question}` ")?;
    match verdict {
        Verdict::Allowed => writeln!(out, "{GOOD}is allowed{GOOD:#}")?,
        Verdict::Depends => writeln!(out, "{NOTE}is allowed on conditions{NOTE:#}")?,
        Verdict::Refused => writeln!(out, "{BAD}is refused{BAD:#}")?,
    }
    for reason in because {
        writeln!(out, "  {reason}")?;
    }
    if let Some(change) = change {
        writeln!(out, "  to allow it: {change}")?;
    }
    Ok(())
}

/// The function that is asked about.
struct Subject<'a> {
    policy: &'a EmbeddedPolicy,
    /// The number of each resource by its name, as the plan assumes it; standard error's too where it is implicit.
    numbers: Vec<(String, u32, Declared)>,
}

impl Subject<'_> {
    fn find(&self, name: &str) -> Option<&(String, u32, Declared)> {
        self.numbers.iter().find(|(known, ..)| known == name)
    }

    fn has_all(&self, question: &Question) -> bool {
        question.resources().all(|name| self.find(name).is_some())
    }
}

fn numbers(policy: &EmbeddedPolicy) -> Vec<(String, u32, Declared)> {
    let resources = &policy.policy.resources;
    let assumed = assumed::numbers(&policy.policy);
    let inert = assumed::inert(&assumed);
    let mut numbers: Vec<_> = assumed
        .into_iter()
        .map(|(index, number)| (resources[index].name.clone(), number, resources[index].declared.clone()))
        .collect();
    // What is declared as `none` can be asked about: it is refused.
    let gone = resources.iter().filter(|resource| resource.declared.gone && resource.origin != Origin::Stream);
    numbers.extend(gone.map(|resource| (resource.name.clone(), inert, resource.declared.clone())));
    if let Some(declared) = crate::explain::implicit_stderr(policy) {
        numbers.push(("stderr".to_owned(), 2, declared));
    }
    for (number, stream) in (0..).zip(["stdin", "stdout", "stderr"]) {
        if !numbers.iter().any(|(name, ..)| name == stream) {
            numbers.push((stream.to_owned(), number, Declared { gone: true, ..Declared::default() }));
        }
    }
    numbers
}

fn no_such_resource(question: &Question, subjects: &[Subject<'_>]) -> Failure {
    let mut names: Vec<&str> =
        subjects.iter().flat_map(|subject| subject.numbers.iter().map(|(name, ..)| name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let Some(missing) = question.resources().find(|name| !names.contains(name)) else {
        return Failure::new("no function declares all of these resources");
    };
    let help = vocabulary::suggest::near(missing, names.iter().copied()).map_or_else(
        || format!("the resources are {}; a path is written in quotes", names.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Failure::new(format!("no function declares a resource `{missing}`")).help(help)
}
