//! What can be wrong with a program.

use std::fmt;

/// Why the kernel would not take a program, or why it cannot be run. Positions count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There are no instructions, or more than the kernel takes.
    Length(usize),
    /// The instruction at this position has a code that a seccomp filter may not contain.
    Unknown {
        /// Where.
        at: usize,
        /// The code.
        code: u16,
    },
    /// The instruction at this position has an operand that the kernel does not take.
    Operand {
        /// Where.
        at: usize,
        /// The operand.
        k: u32,
    },
    /// The load at this position is not of a whole word of `struct seccomp_data`.
    Offset {
        /// Where.
        at: usize,
        /// The offset.
        k: u32,
    },
    /// The jump at this position leads beyond the end.
    Jump {
        /// Where.
        at: usize,
    },
    /// The load at this position is of scratch memory that was not written on every way there.
    Unwritten {
        /// Where.
        at: usize,
    },
    /// The last instruction does not return.
    NoReturn,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(f, "`{length}` instructions, the kernel takes 1 to {}", super::MAX_INSTRUCTIONS)
            }
            Self::Unknown { at, code } => {
                write!(f, "code `{code:#06x}` at {at} is none that a seccomp filter may contain")
            }
            Self::Operand { at, k } => write!(f, "operand `{k}` at {at} is outside what the instruction takes"),
            Self::Offset { at, k } => {
                write!(f, "load at offset `{k}` at {at}, accepted are multiples of 4 below {}", super::code::DATA_SIZE)
            }
            Self::Jump { at } => write!(f, "jump at {at} leads beyond the end"),
            Self::Unwritten { at } => write!(f, "load at {at} of scratch memory that may not have been written"),
            Self::NoReturn => f.write_str("the last instruction does not return"),
        }
    }
}

impl std::error::Error for Fault {}
