//! The checks that the kernel makes before it takes a filter: `bpf_check_classic` and `check_load_and_stores`
//! (net/core/filter.c), then `seccomp_check_filter` (kernel/seccomp.c).

use super::code::{Alu, DATA_SIZE, MEMORY_WORDS, Operand, Operation};
use super::{Fault, MAX_INSTRUCTIONS, Program};

/// Whether the kernel would take the program.
///
/// # Errors
///
/// The first thing that the kernel would refuse it for. (The kernel says EINVAL.)
pub fn verify(program: &Program) -> Result<(), Fault> {
    let instructions = program.instructions();
    let length = instructions.len();
    if !(1..=MAX_INSTRUCTIONS).contains(&length) {
        return Err(Fault::Length(length));
    }
    // Which words of scratch memory are written when the instruction is reached, whichever way it is reached: nothing
    // is taken away until a jump there is seen.
    let mut written = vec![u16::MAX; length];
    let mut here = 0;
    for (at, &instruction) in instructions.iter().enumerate() {
        let k = instruction.k;
        let operation = instruction.operation().ok_or(Fault::Unknown { at, code: instruction.code })?;
        let mut join = |skipped: usize, here: u16| -> Result<(), Fault> {
            *written.get_mut(at + 1 + skipped).ok_or(Fault::Jump { at })? &= here;
            Ok(())
        };
        let bit = || if k < MEMORY_WORDS { Ok(1 << k) } else { Err(Fault::Operand { at, k }) };
        match operation {
            Operation::Jump => {
                join(k as usize, here)?;
                here = u16::MAX;
            }
            Operation::JumpIf(..) => {
                join(usize::from(instruction.jt), here)?;
                join(usize::from(instruction.jf), here)?;
                here = u16::MAX;
            }
            Operation::Load if k >= DATA_SIZE || !k.is_multiple_of(4) => return Err(Fault::Offset { at, k }),
            Operation::Store | Operation::StoreIndex => here |= bit()?,
            Operation::LoadMemory | Operation::IndexMemory => {
                if here & bit()? == 0 {
                    return Err(Fault::Unwritten { at });
                }
            }
            Operation::Alu(Alu::Div, Operand::K) if k == 0 => return Err(Fault::Operand { at, k }),
            Operation::Alu(Alu::Lsh | Alu::Rsh, Operand::K) if k >= u32::BITS => return Err(Fault::Operand { at, k }),
            Operation::Load
            | Operation::LoadConstant
            | Operation::LoadSize
            | Operation::IndexConstant
            | Operation::IndexSize
            | Operation::Alu(..)
            | Operation::Negate
            | Operation::Return
            | Operation::ReturnAccumulator
            | Operation::ToIndex
            | Operation::FromIndex => {}
        }
        if let Some(next) = written.get(at + 1) {
            here &= next;
        }
    }
    match instructions[length - 1].operation() {
        Some(Operation::Return | Operation::ReturnAccumulator) => Ok(()),
        Some(_) | None => Err(Fault::NoReturn),
    }
}
