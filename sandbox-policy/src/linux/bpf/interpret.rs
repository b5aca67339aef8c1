//! An interpreter, so that what a program does can be seen on any host.

use super::code::{Alu, Condition, DATA_SIZE, MEMORY_WORDS, Operand, Operation};
use super::{Fault, Program};

/// What a filter is shown of a call (`struct seccomp_data`, linux/seccomp.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Data {
    /// The call's number.
    pub nr: u32,
    /// The table that the number is from (`AUDIT_ARCH_*`).
    pub arch: u32,
    /// Where the call was made.
    pub instruction_pointer: u64,
    /// Its arguments.
    pub args: [u64; 6],
}

impl Data {
    /// The word at an offset, as a little-endian machine lays it out.
    fn word(&self, offset: u32) -> Option<u32> {
        if offset >= DATA_SIZE || !offset.is_multiple_of(4) {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, reason = "one half is asked for")]
        let half = |whole: u64| if offset.is_multiple_of(8) { whole as u32 } else { (whole >> 32) as u32 };
        Some(match offset {
            0 => self.nr,
            4 => self.arch,
            8 | 12 => half(self.instruction_pointer),
            argument => half(self.args[(argument as usize - 16) / 8]),
        })
    }
}

/// Runs a program on a call and gives what it returns (`SECCOMP_RET_*`).
///
/// The program need not be one that [`verify`](super::verify) takes.
///
/// # Errors
///
/// A [`Fault`] if it runs into something that the kernel would not have taken.
pub fn run(program: &Program, data: &Data) -> Result<u32, Fault> {
    let (mut a, mut x) = (0_u32, 0_u32);
    let mut memory = [None; MEMORY_WORDS as usize];
    let mut at = 0;
    loop {
        let Some(&instruction) = program.instructions().get(at) else {
            return Err(if at == 0 { Fault::Length(0) } else { Fault::NoReturn });
        };
        let k = instruction.k;
        let operation = instruction.operation().ok_or(Fault::Unknown { at, code: instruction.code })?;
        let cell = memory.get_mut(k as usize).ok_or(Fault::Operand { at, k });
        let operand = |operand| match operand {
            Operand::K => k,
            Operand::X => x,
        };
        let mut skipped = 0;
        match operation {
            Operation::Load => a = data.word(k).ok_or(Fault::Offset { at, k })?,
            Operation::LoadConstant => a = k,
            Operation::LoadSize => a = DATA_SIZE,
            Operation::LoadMemory => a = cell?.ok_or(Fault::Unwritten { at })?,
            Operation::IndexConstant => x = k,
            Operation::IndexSize => x = DATA_SIZE,
            Operation::IndexMemory => x = cell?.ok_or(Fault::Unwritten { at })?,
            Operation::Store => *cell? = Some(a),
            Operation::StoreIndex => *cell? = Some(x),
            Operation::Alu(Alu::Div, by) if operand(by) == 0 => {
                return match by {
                    Operand::K => Err(Fault::Operand { at, k }),
                    // The kernel ends the program, which then returns 0.
                    Operand::X => Ok(0),
                };
            }
            Operation::Alu(alu, by) => a = alu.of(a, operand(by)),
            Operation::Negate => a = a.wrapping_neg(),
            Operation::Jump => skipped = k as usize,
            Operation::JumpIf(condition, with) => {
                let holds = condition.holds(a, operand(with));
                skipped = usize::from(if holds { instruction.jt } else { instruction.jf });
            }
            Operation::Return => return Ok(k),
            Operation::ReturnAccumulator => return Ok(a),
            Operation::ToIndex => x = a,
            Operation::FromIndex => a = x,
        }
        let next = at + 1 + skipped;
        if skipped > 0 && next >= program.instructions().len() {
            return Err(Fault::Jump { at });
        }
        at = next;
    }
}

impl Alu {
    fn of(self, a: u32, by: u32) -> u32 {
        match self {
            Self::Add => a.wrapping_add(by),
            Self::Sub => a.wrapping_sub(by),
            Self::Mul => a.wrapping_mul(by),
            Self::Div => a / by,
            Self::Or => a | by,
            Self::And => a & by,
            Self::Lsh => a.wrapping_shl(by),
            Self::Rsh => a.wrapping_shr(by),
            Self::Xor => a ^ by,
        }
    }
}

impl Condition {
    fn holds(self, a: u32, with: u32) -> bool {
        match self {
            Self::Equal => a == with,
            Self::Greater => a > with,
            Self::AtLeast => a >= with,
            Self::AnyBit => a & with != 0,
        }
    }
}
