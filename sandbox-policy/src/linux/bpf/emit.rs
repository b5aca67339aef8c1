//! The compiler of filters.

use std::fmt;

use super::assemble::assemble;
use super::decide::decide;
use super::fuse::fuse;
use super::{MAX_INSTRUCTIONS, Program};
use crate::linux::Filter;

/// The filter needs more instructions than the kernel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// How many it needs.
    pub instructions: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the filter needs `{}` instructions, the kernel takes at most {MAX_INSTRUCTIONS}\n\
             help: grant fewer descriptors, or open them so that their numbers follow one another",
            self.instructions
        )
    }
}

impl std::error::Error for TooLong {}

/// Compiles a filter for the kernel. The same filter gives the same program on every host.
///
/// # Errors
///
/// [`TooLong`] if the program would be longer than the kernel takes.
///
/// # Panics
///
/// If a rule tests an argument beyond the sixth or returns an errno outside 1 to 4095: such a filter does not say what
/// it seems to say.
pub fn emit(filter: &Filter) -> Result<Program, TooLong> {
    let (mut graph, start) = decide(filter);
    fuse(&mut graph, start);
    let instructions = assemble(&graph, start, filter.arch);
    if instructions.len() > MAX_INSTRUCTIONS {
        return Err(TooLong { instructions: instructions.len() });
    }
    Ok(Program(instructions))
}
