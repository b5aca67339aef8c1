//! Whether a program does what a filter's rules say.

use std::fmt;
use std::ops::ControlFlow;

use super::samples::samples;
use super::{Data, Fault, Program, run};
use crate::linux::{Action, Arch, Call, Filter};

/// After so many the comparison ends: the program is wrong.
const ENOUGH: usize = 32;

/// What came of comparing a program with a filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// How many verdicts were compared.
    pub compared: usize,
    /// The calls on which they differ: the first few, none if the program is right.
    pub disagreements: Vec<Disagreement>,
}

/// A call about which a filter's rules and a program differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement {
    /// The call.
    pub data: Data,
    /// What the rules say.
    pub expected: Action,
    /// What the program returns, or why it does not.
    pub actual: Result<u32, Fault>,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Data { nr, arch, instruction_pointer: _, args } = self.data;
        let name =
            Arch::ALL.into_iter().find(|known| known.audit() == arch).and_then(|arch| Call::with_number(arch, nr));
        write!(f, "{}", name.map_or("unknown", Call::name))?;
        write!(f, "(number {nr:#x}, arch {arch:#x}, arguments {args:#x?}): the rules say {:?}", self.expected)?;
        match self.actual {
            Ok(code) => match Action::from_code(code) {
                Some(action) => write!(f, ", the program {action:?}"),
                None => write!(f, ", the program {code:#x}"),
            },
            Err(fault) => write!(f, ", the program fails: {fault}"),
        }
    }
}

/// Compares a program's verdicts with the rules': every number, and for each rule arguments that satisfy it and
/// arguments that are wrong in one way only.
///
/// Nothing that made the program has a part in this, so it also judges programs from elsewhere.
#[must_use]
pub fn disagreements(filter: &Filter, program: &Program) -> Comparison {
    let mut comparison = Comparison::default();
    let _ended_early = samples(filter, &mut |data| {
        comparison.compared += 1;
        let expected = filter.verdict(data.arch, data.nr, &data.args);
        let actual = run(program, &data);
        if actual != Ok(expected.code()) {
            comparison.disagreements.push(Disagreement { data, expected, actual });
        }
        if comparison.disagreements.len() < ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    comparison
}
