//! Classic BPF: from a filter's rules to the kernel's bytecode, and back to text and verdicts.
//!
//! [`emit()`] turns a [`Filter`](super::Filter) into a [`Program`] in three steps: `decide` makes a graph of decisions out
//! of the rules, `fuse` joins neighbouring decisions about the same word, `assemble` lays the graph out as instructions,
//! with a `search` for each word.
//! [`disagreements`] compares what a program does with what the rules say; it trusts nothing that made the program.

mod agree;
mod assemble;
mod code;
mod decide;
mod disassemble;
mod emit;
mod fault;
mod fuse;
mod graph;
mod interpret;
mod samples;
mod search;
mod verify;

pub use agree::{Comparison, Disagreement, disagreements};
pub use disassemble::disassemble;
pub use emit::{TooLong, emit};
pub use fault::Fault;
pub use interpret::{Data, run};
pub use verify::verify;

/// The most instructions that the kernel takes (`BPF_MAXINSNS`, linux/bpf_common.h).
pub const MAX_INSTRUCTIONS: usize = 4096;

/// One instruction, laid out as the kernel's `struct sock_filter` (linux/filter.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Instruction {
    /// What it does.
    pub code: u16,
    /// How many instructions a comparison that holds skips.
    pub jt: u8,
    /// How many instructions a comparison that does not hold skips.
    pub jf: u8,
    /// Its operand.
    pub k: u32,
}

/// A filter as the kernel runs it. Nothing is promised about the instructions: [`verify`] tells.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Program(pub Vec<Instruction>);

impl Program {
    /// The instructions in order.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.0
    }

    /// The program as bytes, in the little-endian order that all our architectures use.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * size_of::<Instruction>());
        for &Instruction { code, jt, jf, k } in &self.0 {
            bytes.extend(code.to_le_bytes());
            bytes.extend([jt, jf]);
            bytes.extend(k.to_le_bytes());
        }
        bytes
    }

    /// The program in these bytes, as [`to_bytes`](Self::to_bytes) or libseccomp's `seccomp_export_bpf` write it, if
    /// they are a whole number of instructions.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (instructions, rest) = bytes.as_chunks::<{ size_of::<Instruction>() }>();
        rest.is_empty().then(|| {
            Self(
                instructions
                    .iter()
                    .map(|&[code0, code1, jt, jf, k0, k1, k2, k3]| Instruction {
                        code: u16::from_le_bytes([code0, code1]),
                        jt,
                        jf,
                        k: u32::from_le_bytes([k0, k1, k2, k3]),
                    })
                    .collect(),
            )
        })
    }
}
