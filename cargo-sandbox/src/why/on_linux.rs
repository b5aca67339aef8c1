//! Questions about a Linux call: the filter's rules decide, as far as the arguments are known.

use sandbox_policy::linux::rule::{CallRule, When};
use sandbox_policy::linux::{Action, Arch, Call, CallRules, Names, Plan, Test, base};
use sandbox_policy::{Declared, Rights, vocabulary};

use super::{Answer, Argument, Question, Subject, Verdict, change};
use crate::assumed;
use crate::failure::{Failure, Result};

/// What is known of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Any,
    Is(u64),
    /// An address that is not zero.
    Pointer,
}

/// The working directory, where a call takes a directory's descriptor.
const AT_FDCWD: u64 = (-100_i64).cast_unsigned();

impl Value {
    pub(super) fn low(self) -> Option<u32> {
        match self {
            #[allow(clippy::cast_possible_truncation, reason = "the low half is what the kernel looks at")]
            Self::Is(value) => Some(value as u32),
            Self::Any | Self::Pointer => None,
        }
    }

    fn is(self, wanted: u64) -> Option<bool> {
        match self {
            Self::Is(value) => Some(value == wanted),
            Self::Pointer if wanted == 0 => Some(false),
            Self::Any | Self::Pointer => None,
        }
    }
}

/// Whether a condition of a right's row holds, if that is known.
pub(super) fn holds(when: When, values: &[Value; 6]) -> Option<bool> {
    match when {
        When::OneOf(argument, _) | When::Within(argument, _) | When::Only(argument, _) | When::Masked(argument, ..) => {
            let mut arguments = [0; 6];
            arguments[usize::from(argument)] = values[usize::from(argument)].low()?.into();
            Some(when.holds(&arguments, 0))
        }
        When::Is(argument, value) => values[usize::from(argument)].is(value),
        When::Own(_) => None,
    }
}

fn test_holds(test: &Test, values: &[Value; 6]) -> Option<bool> {
    let value = values[usize::from(test.argument())];
    match test {
        Test::In(..) | Test::Masked(..) => value.low().map(|low| test.holds(&[low.into(); 6])),
        Test::Is64(_, wanted) => value.is(*wanted),
    }
}

pub(super) fn answer(subject: &Subject<'_>, question: &Question, arch: Arch, landlock: u32) -> Result<Answer> {
    let Some(call) = question.linux() else { return Err(question.unknown(crate::cli::System::Linux)) };
    let function = subject.policy.path();
    if call.number(arch).is_none() {
        return Err(Failure::new(format!("`{call}` does not exist on {}", arch.name()))
            .help("libc uses a newer call there: `open` is `openat`, `stat` is `newfstatat`"));
    }
    let plan = match assumed::on_linux(subject.policy, arch, landlock) {
        Ok(plan) => plan,
        Err(error) => {
            let because = vec![format!("Linux refuses the whole declaration: {error}")];
            return Ok(Answer { function, verdict: Verdict::Refused, because, change: None });
        }
    };
    let (values, resource) = values(subject, question, call)?;
    let Decision { verdict, because } = decide(&plan, call, &values);
    let mut because: Vec<String> = because.into_iter().map(|line| assumed::own_number_in_words(&line)).collect();
    let mut change = None;
    match verdict {
        Verdict::Allowed | Verdict::Depends => because.extend(by_what(subject, call, &values, resource)),
        Verdict::Refused => {
            if let Some((name, _, has)) = resource {
                because.push(format!("`{name}` has {has}"));
                change = Some(change::on_resource(subject.policy, call, &values, name, has));
            } else {
                change = Some(elsewhere(subject, &plan, question, call, &values));
            }
        }
    }
    if verdict != Verdict::Refused && matches!(call.names(), Names::PathAt(..)) && call != Call::newfstatat {
        because
            .push("Landlock decides by where the path leads: beneath a declared directory, with its rights".to_owned());
    }
    Ok(Answer { function, verdict, because, change })
}

type Resource<'a> = &'a (String, u32, Declared);

/// The arguments of the call, and the resource that it is about.
fn values<'a>(subject: &'a Subject<'_>, question: &Question, call: Call) -> Result<([Value; 6], Option<Resource<'a>>)> {
    let mut arguments = question.arguments.clone();
    if let (Names::PathAt(directory, _), Some(Argument::Path(_))) = (call.names(), arguments.first()) {
        arguments.insert(directory.into(), Argument::Number(AT_FDCWD));
    }
    let descriptors: &[u8] = match call.names() {
        Names::Descriptor(argument) | Names::Mapping(argument) | Names::PathAt(argument, _) => &[argument],
        Names::TwoDescriptors(from, to) => &[from, to],
        Names::Nothing | Names::Path(_) | Names::Peer | Names::Process => &[],
    };
    let mut values = [Value::Any; 6];
    let mut about = None;
    for (place, (argument, value)) in (0_u8..).zip(arguments.iter().zip(&mut values)) {
        *value = match argument {
            Argument::Any => Value::Any,
            Argument::Number(number) => Value::Is(*number),
            Argument::Path(_) => Value::Pointer,
            Argument::Resource(name) => {
                // Sockets' calls name their peer, and take the descriptor first.
                let takes_one = descriptors.contains(&place) || (call.names() == Names::Peer && place == 0);
                if !takes_one {
                    return Err(Failure::new(format!(
                        "argument a{place} of `{call}` is no descriptor, and `{name}` is one"
                    ))
                    .help(if descriptors.is_empty() {
                        format!("`{call}` takes no descriptor")
                    } else {
                        let places: Vec<String> = descriptors.iter().map(|place| format!("a{place}")).collect();
                        format!("`{call}` takes a descriptor as {}; `_` stands for anything", places.join(" and "))
                    }));
                }
                let found = subject.find(name);
                about = about.or(found);
                // Only functions are asked that have every resource of the question.
                found.map_or(Value::Any, |(_, number, _)| Value::Is((*number).into()))
            }
        };
    }
    Ok((values, about))
}

struct Decision {
    verdict: Verdict,
    because: Vec<String>,
}

/// What the filter does, as far as the arguments tell.
fn decide(plan: &Plan, call: Call, values: &[Value; 6]) -> Decision {
    let Some(CallRules { rules, otherwise, .. }) = plan.filter.calls.iter().find(|entry| entry.call == call) else {
        let because = vec![format!("no rule names `{call}`, and everything else is to {}", plan.filter.otherwise)];
        return Decision { verdict: permits(plan, call, plan.filter.otherwise), because };
    };
    let mut conditional = Vec::new();
    let mut verdicts = Vec::new();
    for rule in rules {
        let unknown: Vec<&Test> = rule.tests.iter().filter(|test| test_holds(test, values).is_none()).collect();
        if rule.tests.iter().any(|test| test_holds(test, values) == Some(false)) {
            continue;
        }
        let tests = |tests: &[Test]| {
            let mut tests: Vec<&Test> = tests.iter().collect();
            tests.sort_by_key(|test| test.argument());
            tests.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        let said = format!(
            "{call}: {}{}",
            rule.action,
            match &rule.tests[..] {
                [] => String::new(),
                all => format!(" if {}", tests(all)),
            }
        );
        verdicts.push(permits(plan, call, rule.action));
        if unknown.is_empty() {
            let mut because: Vec<String> = conditional;
            because.push(format!("rule `{said}`"));
            because.extend(answered(plan, call, rule.action));
            return Decision { verdict: together(&verdicts), because };
        }
        conditional.push(format!("rule `{said}`"));
    }
    verdicts.push(permits(plan, call, *otherwise));
    conditional.push(format!("where no rule applies, {otherwise}"));
    conditional.extend(answered(plan, call, *otherwise).filter(|_| verdicts.len() == 1));
    Decision { verdict: together(&verdicts), because: conditional }
}

fn together(verdicts: &[Verdict]) -> Verdict {
    match (verdicts.contains(&Verdict::Allowed), verdicts.contains(&Verdict::Refused)) {
        (true, false) => Verdict::Allowed,
        (false, true) => Verdict::Refused,
        _ => Verdict::Depends,
    }
}

/// What an action means for the program: some trapped calls are answered.
fn permits(plan: &Plan, call: Call, action: Action) -> Verdict {
    match (action, call) {
        (Action::Allow, _) | (Action::Trap, Call::close) => Verdict::Allowed,
        (Action::Trap, Call::newfstatat) if grants_fstat(plan) => Verdict::Depends,
        (Action::Trap | Action::Errno(_) | Action::Kill, _) => Verdict::Refused,
    }
}

/// What the handler does with a trapped call.
fn answered(plan: &Plan, call: Call, action: Action) -> Option<String> {
    let text = match (action, call) {
        (Action::Trap, Call::close) => "the handler puts an inert descriptor in the place of the closed one",
        (Action::Trap, Call::newfstatat) if grants_fstat(plan) => {
            "the handler answers it on a descriptor with `fstat`, and refuses it on a path"
        }
        (Action::Trap, _) => "the handler explains it on stderr, and it fails with EPERM",
        _ => return None,
    };
    Some(text.to_owned())
}

fn grants_fstat(plan: &Plan) -> bool {
    plan.grants.iter().any(|grant| grant.rights.contains(Rights::FSTAT))
}

/// The right, or the entry of the base set, by which a call is allowed.
fn by_what(subject: &Subject<'_>, call: Call, values: &[Value; 6], resource: Option<Resource<'_>>) -> Option<String> {
    let rows = || vocabulary::rows().filter(|row| row.is_spoken());
    let fits = |rule: &&CallRule| rule.call == call && rule.when.iter().all(|when| holds(*when, values) != Some(false));
    // Of a call with two descriptors, the one that the right is about.
    let by_right = subject.numbers.iter().filter(|(_, _, has)| !has.gone).find_map(|(name, number, has)| {
        let mut held = rows().filter(|row| has.rights.contains(row.rights));
        held.find(|row| {
            row.linux.iter().filter(fits).any(|rule| values[usize::from(rule.descriptor)].low() == Some(*number))
        })
        .map(|row| format!("`{name}` has `{}`: {}", row.name, row.meaning))
    });
    if by_right.is_some() {
        return by_right;
    }
    if let Some((name, _, has)) = resource {
        let closing = || "closing needs no right".to_owned();
        return Some(if call == Call::close { closing() } else { format!("`{name}` has {has}") });
    }
    if let Some(entry) = base::BASE.iter().find(|entry| entry.call == call) {
        return Some(format!("it is in the base set of every confined program, for: {}", entry.reason));
    }
    let held = |has: &Declared| {
        !has.gone && rows().any(|row| has.rights.contains(row.rights) && row.linux.iter().any(|rule| fits(&rule)))
    };
    let names: Vec<String> =
        subject.numbers.iter().filter(|(.., has)| held(has)).map(|(name, ..)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("by the rights of {}", names.join(", ")))
}

/// What to do about a refused call that is not about a resource.
fn elsewhere(subject: &Subject<'_>, plan: &Plan, question: &Question, call: Call, values: &[Value; 6]) -> String {
    let path = question.arguments.iter().find_map(|argument| match argument {
        Argument::Path(path) => Some(path),
        _ => None,
    });
    let flags = match call {
        Call::open => values[1].low(),
        Call::openat => values[2].low(),
        _ => Some(0),
    };
    match (call, path) {
        (Call::open | Call::openat | Call::openat2 | Call::creat, Some(path)) => {
            let rights = if call == Call::creat || flags.unwrap_or(0) & 3 != 0 { "write" } else { "read" };
            let directory = if plan.grants.iter().any(|grant| grant.rights.contains(Rights::LOOKUP)) {
                ", or open it from a declared directory's `Dir`"
            } else {
                ", or declare its directory: fds(NAME = dir(PATH) => lookup + read)"
            };
            format!("open it before entry: fds(NAME = open(\"{path}\") => {rights}){directory}")
        }
        _ if matches!(call.names(), Names::Descriptor(_) | Names::TwoDescriptors(..) | Names::Mapping(_)) => {
            match call.names() {
                Names::Descriptor(argument) if values[usize::from(argument)] == Value::Any => {
                    change::on_resource(subject.policy, call, values, "NAME", &Declared::default())
                }
                _ => "name a declared resource in the question to be told".to_owned(),
            }
        }
        _ => change::never(call).to_owned(),
    }
}
