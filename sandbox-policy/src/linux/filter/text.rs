//! Filters as text, for people: what is always allowed first, then every condition, then what the rest gets.

use std::fmt;

use super::{Action, CallRules, Filter, Ranges, Rule, Test};
use crate::linux::{CANARY_ERRNO, Call, Refusal};

/// How long the lines of lists become.
const WIDTH: usize = 110;

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Errno(errno) if *errno == Refusal::EPERM as u16 => f.write_str("refuse with EPERM"),
            Self::Errno(errno) if *errno == Refusal::ENOSYS as u16 => f.write_str("refuse with ENOSYS"),
            Self::Errno(CANARY_ERRNO) => write!(f, "answer errno {CANARY_ERRNO}, the canary,"),
            Self::Errno(errno) => write!(f, "refuse with errno {errno}"),
            Self::Trap => f.write_str("trap"),
            Self::Kill => f.write_str("kill"),
        }
    }
}

/// Descriptors, signals and commands are read in decimal, requests and flags in hexadecimal.
struct Number(u64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0x5000 { write!(f, "{}", self.0) } else { write!(f, "{:#x}", self.0) }
    }
}

impl fmt::Display for Ranges {
    /// `3 or 5 to 7 or 10 or above`, where the last one ends where descriptors, or all numbers, end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LAST_DESCRIPTOR: u32 = i32::MAX.cast_unsigned();
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (index, &(low, high)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " or " };
            let first = Number(low.into());
            match high {
                _ if low == high => write!(f, "{separator}{first}")?,
                LAST_DESCRIPTOR | u32::MAX => write!(f, "{separator}{first} or above")?,
                _ => write!(f, "{separator}{first} to {}", Number(high.into()))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::In(argument, ref set) => write!(f, "a{argument} is {set}"),
            Self::Masked(argument, u32::MAX, value) => write!(f, "a{argument} is {}", Number(value.into())),
            Self::Masked(argument, mask, 0) if mask.count_ones() > 16 => {
                write!(f, "a{argument} has only bits of {:#x}", !mask)
            }
            Self::Masked(argument, mask, 0) => write!(f, "a{argument} has no bit of {mask:#x}"),
            Self::Masked(argument, mask, value) if mask == value => write!(f, "a{argument} has all bits of {mask:#x}"),
            Self::Masked(argument, mask, value) => write!(f, "a{argument} & {mask:#x} is {value:#x}"),
            Self::Is64(argument, u64::MAX) => write!(f, "a{argument} is -1 in 64 bits"),
            Self::Is64(argument, value) => write!(f, "a{argument} is {} in 64 bits", Number(value)),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut always = Vec::new();
        let mut conditional = Vec::new();
        // By action: what the calls without conditions get, and what the others get where no condition holds.
        let mut rest: Vec<(Action, [Vec<Call>; 2])> = Vec::new();
        for entry in &self.calls {
            let (conditions, last) = entry.conditions();
            conditional.extend(conditions.iter().map(|rule| (entry.call, rule)));
            if conditions.is_empty() && last == Action::Allow {
                always.push(entry.call);
            } else if last != self.otherwise {
                let place = rest.iter().position(|(action, _)| *action == last).unwrap_or_else(|| {
                    rest.push((last, Default::default()));
                    rest.len() - 1
                });
                rest[place].1[usize::from(!conditions.is_empty())].push(entry.call);
            }
        }
        list(f, "always allow", &always)?;
        for (call, Rule { tests, action }) in conditional {
            let mut tests: Vec<&Test> = tests.iter().collect();
            tests.sort_by_key(|test| test.argument());
            let tests: Vec<_> = tests.into_iter().map(ToString::to_string).collect();
            writeln!(f, "  {call}: {action} if {}", tests.join(", "))?;
        }
        for (action, [calls, others]) in rest {
            list(f, &format!("always {action}"), &calls)?;
            list(f, &format!("where nothing above applies, {action}"), &others)?;
        }
        writeln!(f, "  everything else: {}", self.otherwise)
    }
}

impl CallRules {
    /// The rules that have conditions and are tried, and what is done if none holds.
    fn conditions(&self) -> (&[Rule], Action) {
        match self.rules.iter().position(|rule| rule.tests.is_empty()) {
            Some(last) => (&self.rules[..last], self.rules[last].action),
            None => (&self.rules, self.otherwise),
        }
    }
}

/// The names of the calls, in order and in lines of a readable length; nothing for no calls.
fn list(f: &mut fmt::Formatter<'_>, title: &str, calls: &[Call]) -> fmt::Result {
    let mut names: Vec<_> = calls.iter().map(|call| call.name()).collect();
    names.sort_unstable();
    let Some((last, names)) = names.split_last() else { return Ok(()) };
    let mut line = format!("  {title}:");
    let names = names.iter().map(|name| format!("{name},")).chain([(*last).to_owned()]);
    for name in names {
        if line.len() + 1 + name.len() > WIDTH {
            writeln!(f, "{line}")?;
            line.clear();
            line.push_str("   ");
        }
        line.push(' ');
        line.push_str(&name);
    }
    writeln!(f, "{line}")
}
