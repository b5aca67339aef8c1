//! The language in which a right's row says which Linux calls it permits.

use super::{Call, Ranges, Test};
use crate::Rights;

/// A call that a right permits on the descriptors that have it.
#[derive(Debug, Clone, Copy)]
pub struct CallRule {
    /// The call.
    pub call: Call,
    /// The argument that holds the descriptor.
    pub descriptor: u8,
    /// A second argument that holds a descriptor, and the rights that one needs.
    pub peer: Option<(u8, Rights)>,
    /// Further conditions, all of which must hold.
    pub when: &'static [When],
}

/// A condition on one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The argument is one of these numbers (low 32 bits).
    OneOf(u8, &'static [u32]),
    /// The argument lies in one of these ranges (low 32 bits, both ends included).
    Within(u8, &'static [(u32, u32)]),
    /// No bit outside these is set (low 32 bits).
    Only(u8, u32),
    /// Under this mask the low 32 bits equal this value.
    Masked(u8, u32, u32),
    /// All 64 bits have this value: a null pointer, an offset of zero or minus one.
    Is(u8, u64),
    /// The argument is the process's own number (low 32 bits).
    Own(u8),
}

impl When {
    /// Whether the arguments of a call meet the condition, in the process `pid`. Allocates nothing.
    #[must_use]
    pub fn holds(self, arguments: &[u64; 6], pid: u32) -> bool {
        #[allow(clippy::cast_possible_truncation, reason = "the low half is what the kernel looks at")]
        let low = |argument: u8| arguments[usize::from(argument)] as u32;
        match self {
            Self::OneOf(argument, values) => values.contains(&low(argument)),
            Self::Within(argument, ranges) => {
                ranges.iter().any(|&(first, last)| (first..=last).contains(&low(argument)))
            }
            Self::Only(argument, bits) => low(argument) & !bits == 0,
            Self::Masked(argument, mask, value) => low(argument) & mask == value,
            Self::Is(argument, value) => arguments[usize::from(argument)] == value,
            Self::Own(argument) => low(argument) == pid,
        }
    }

    /// The condition as a test of the filter, for the process `pid`.
    pub(crate) fn test(self, pid: u32) -> Test {
        match self {
            Self::OneOf(argument, values) => Test::In(argument, Ranges::of(values.iter().copied())),
            Self::Within(argument, ranges) => Test::In(argument, Ranges::new(ranges.iter().copied())),
            Self::Only(argument, bits) => Test::Masked(argument, !bits, 0),
            Self::Masked(argument, mask, value) => Test::Masked(argument, mask, value),
            Self::Is(argument, value) => Test::Is64(argument, value),
            Self::Own(argument) => Test::Masked(argument, u32::MAX, pid),
        }
    }
}

/// The call with the descriptor in this argument.
pub(crate) const fn on(call: Call, descriptor: u8) -> CallRule {
    CallRule { call, descriptor, peer: None, when: &[] }
}

impl CallRule {
    /// Under these conditions only.
    pub(crate) const fn when(self, when: &'static [When]) -> Self {
        Self { when, ..self }
    }

    /// With a second descriptor that has these rights.
    pub(crate) const fn peer(self, argument: u8, rights: Rights) -> Self {
        Self { peer: Some((argument, rights)), ..self }
    }
}
