//! What the kernel is to enforce, as data: the rules of the filter in the terms that classic BPF can compute.

mod text;

use super::{Arch, Call, Refusal};

/// What the kernel does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Performs it.
    Allow,
    /// Refuses it with this errno (1 to 4095; 0 would mean success and is never used).
    Errno(u16),
    /// Raises SIGSYS: the handler answers.
    Trap,
    /// Ends the whole process with SIGSYS.
    Kill,
}

impl Action {
    /// The filter's return value (`SECCOMP_RET_*`, linux/seccomp.h).
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Allow => 0x7fff_0000,
            Self::Errno(errno) => 0x0005_0000 | errno as u32,
            Self::Trap => 0x0003_0000,
            Self::Kill => 0x8000_0000,
        }
    }

    /// The action with this return value, if it is one that our filters use.
    #[must_use]
    pub const fn from_code(code: u32) -> Option<Self> {
        match code {
            0x7fff_0000 => Some(Self::Allow),
            0x0003_0000 => Some(Self::Trap),
            0x8000_0000 => Some(Self::Kill),
            errno if errno & 0xffff_0000 == 0x0005_0000 && errno & 0xffff != 0 =>
            {
                #[allow(clippy::cast_possible_truncation, reason = "masked")]
                Some(Self::Errno((errno & 0xffff) as u16))
            }
            _ => None,
        }
    }
}

impl From<Refusal> for Action {
    fn from(refusal: Refusal) -> Self {
        Self::Errno(refusal as u16)
    }
}

/// A set of 32-bit numbers as sorted, disjoint, non-adjacent inclusive ranges.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// The set of these ranges, normalised.
    #[must_use]
    pub fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let ranges = ranges.into_iter().filter(|(low, high)| low <= high);
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.size_hint().1.unwrap_or(0));
        merged.extend(ranges);
        merged.sort_unstable();
        merged.dedup_by(|&mut (low, high), last| {
            let joins = low <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(high);
            }
            joins
        });
        Self(merged)
    }

    /// The set of these numbers.
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = u32>) -> Self {
        Self::new(numbers.into_iter().map(|number| (number, number)))
    }

    /// The ranges, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `number` is in the set.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.reaching(number).is_some_and(|(from, _)| from <= number)
    }

    /// Whether every number of `other` is in the set.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.iter().all(|&(low, high)| self.reaching(low).is_some_and(|(from, to)| from <= low && high <= to))
    }

    /// Whether some number is in both sets.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        other.0.iter().any(|&(low, high)| self.reaching(low).is_some_and(|(from, _)| from <= high))
    }

    /// The first range that does not end before `number`.
    fn reaching(&self, number: u32) -> Option<(u32, u32)> {
        self.0.get(self.0.partition_point(|&(_, to)| to < number)).copied()
    }

    /// Both sets together.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied())
    }
}

/// A condition on one argument of a call.
///
/// The kernel looks at the low 32 bits of ints and at all 64 of pointers and offsets: so do the tests. There is no
/// ordered comparison of 64 bits, because garbage in the high word would pass it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// The low 32 bits are in the set.
    In(u8, Ranges),
    /// The low 32 bits, masked with the first number, equal the second.
    Masked(u8, u32, u32),
    /// All 64 bits equal the number.
    Is64(u8, u64),
}

impl Test {
    /// The argument that is tested, 0 to 5.
    #[must_use]
    pub fn argument(&self) -> u8 {
        match *self {
            Self::In(argument, _) | Self::Masked(argument, ..) | Self::Is64(argument, _) => argument,
        }
    }

    /// Whether `arguments` pass.
    #[must_use]
    pub fn holds(&self, arguments: &[u64; 6]) -> bool {
        #[allow(clippy::cast_possible_truncation, reason = "the low half is what the kernel looks at")]
        let low = |argument: u8| arguments[usize::from(argument)] as u32;
        match *self {
            Self::In(argument, ref set) => set.contains(low(argument)),
            Self::Masked(argument, mask, value) => low(argument) & mask == value,
            Self::Is64(argument, value) => arguments[usize::from(argument)] == value,
        }
    }
}

/// If every test holds, the action is taken. No tests: always.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule {
    /// All of them must hold; at most one a argument is usual, two are allowed.
    pub tests: Vec<Test>,
    /// What is done then.
    pub action: Action,
}

/// The rules of one call, tried in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRules {
    /// The call.
    pub call: Call,
    /// The first rule that holds decides.
    pub rules: Vec<Rule>,
    /// What is done if none holds.
    pub otherwise: Action,
}

/// A whole seccomp filter as rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The architecture whose numbers it compares. Another one's calls end the process.
    pub arch: Arch,
    /// One entry a call, sorted by number; calls that do not exist on `arch` are absent.
    pub calls: Vec<CallRules>,
    /// What is done with every other number.
    pub otherwise: Action,
}

impl Filter {
    /// What the rules say about a call: the specification that compiled filters are compared with.
    #[must_use]
    pub fn verdict(&self, audit_arch: u32, number: u32, arguments: &[u64; 6]) -> Action {
        if audit_arch != self.arch.audit() {
            return Action::Kill;
        }
        if self.arch.foreign_numbers_from().is_some_and(|first| number >= first) {
            return Action::Kill;
        }
        let Some(entry) = self.calls.iter().find(|entry| entry.call.number(self.arch) == Some(number)) else {
            return self.otherwise;
        };
        entry
            .rules
            .iter()
            .find(|rule| rule.tests.iter().all(|test| test.holds(arguments)))
            .map_or(entry.otherwise, |rule| rule.action)
    }
}
