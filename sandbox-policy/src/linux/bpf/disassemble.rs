//! A program as text.

use std::fmt::Write as _;

use super::code::{Alu, Condition, Operand, Operation};
use super::{Instruction, Program};
use crate::linux::{Action, Arch, Call, Refusal};

/// One line an instruction, each with its position; jumps name the position they lead to, call numbers the call.
///
/// ```
/// use sandbox_policy::linux::bpf::{disassemble, emit};
/// use sandbox_policy::linux::{Action, Arch, Call, CallRules, Filter};
///
/// let close = CallRules { call: Call::close, rules: vec![], otherwise: Action::Allow };
/// let filter = Filter { arch: Arch::Riscv64, calls: vec![close], otherwise: Action::Errno(1) };
/// let text = disassemble(&emit(&filter).unwrap(), filter.arch);
/// assert_eq!(text, "   0: ld arch
///    1: jeq #0xc00000f3 (riscv64) → 2, else 6
///    2: ld nr
///    3: jeq #57 (close) → 4, else 5
///    4: ret ALLOW
///    5: ret ERRNO(EPERM)
///    6: ret KILL_PROCESS
/// ");
/// ```
#[must_use]
pub fn disassemble(program: &Program, arch: Arch) -> String {
    let mut text = String::new();
    for (at, (instruction, loaded)) in program.instructions().iter().zip(loaded(program)).enumerate() {
        let line = line(*instruction, at, loaded, arch);
        writeln!(text, "{at:>4}: {line}").expect("writing to a string cannot fail");
    }
    text
}

/// What the accumulator holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loaded {
    /// Nothing leads here.
    Unreached,
    /// The word at this offset.
    Word(u32),
    /// Something else, or one thing or another.
    Other,
}

impl Loaded {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unreached, one) | (one, Self::Unreached) => one,
            (Self::Word(a), Self::Word(b)) if a == b => self,
            (Self::Word(_) | Self::Other, Self::Word(_) | Self::Other) => Self::Other,
        }
    }
}

/// What the accumulator holds before each instruction, whichever way it is reached.
fn loaded(program: &Program) -> Vec<Loaded> {
    let mut loaded = vec![Loaded::Unreached; program.instructions().len()];
    if let Some(first) = loaded.first_mut() {
        *first = Loaded::Other;
    }
    for (at, instruction) in program.instructions().iter().enumerate() {
        let here = loaded[at];
        let mut reach = |skipped: usize, what: Loaded| {
            if let Some(there) = loaded.get_mut(at + 1 + skipped) {
                *there = there.or(what);
            }
        };
        match instruction.operation() {
            Some(Operation::Load) => reach(0, Loaded::Word(instruction.k)),
            Some(Operation::Jump) => reach(instruction.k as usize, here),
            Some(Operation::JumpIf(..)) => {
                reach(usize::from(instruction.jt), here);
                reach(usize::from(instruction.jf), here);
            }
            Some(Operation::Return | Operation::ReturnAccumulator) => {}
            Some(
                Operation::IndexConstant
                | Operation::IndexSize
                | Operation::IndexMemory
                | Operation::Store
                | Operation::StoreIndex
                | Operation::ToIndex,
            ) => reach(0, here),
            Some(
                Operation::LoadConstant
                | Operation::LoadSize
                | Operation::LoadMemory
                | Operation::Alu(..)
                | Operation::Negate
                | Operation::FromIndex,
            )
            | None => reach(0, Loaded::Other),
        }
    }
    loaded
}

fn line(instruction: Instruction, at: usize, loaded: Loaded, arch: Arch) -> String {
    let Instruction { code, jt, jf, k } = instruction;
    let Some(operation) = instruction.operation() else {
        return format!("unknown {code:#06x} {jt} {jf} {k:#x}");
    };
    let by = |operand| match operand {
        Operand::K => format!("#{}", number(k)),
        Operand::X => "x".to_owned(),
    };
    match operation {
        Operation::Load => format!("ld {}", word(k)),
        Operation::LoadConstant => format!("ld #{}", number(k)),
        Operation::LoadSize => "ld len".to_owned(),
        Operation::LoadMemory => format!("ld M[{k}]"),
        Operation::IndexConstant => format!("ldx #{}", number(k)),
        Operation::IndexSize => "ldx len".to_owned(),
        Operation::IndexMemory => format!("ldx M[{k}]"),
        Operation::Store => format!("st M[{k}]"),
        Operation::StoreIndex => format!("stx M[{k}]"),
        Operation::Alu(alu, operand) => format!("{} {}", alu.name(), by(operand)),
        Operation::Negate => "neg".to_owned(),
        Operation::Jump => format!("ja → {}", at + 1 + k as usize),
        Operation::JumpIf(condition, operand) => {
            let meaning = match (operand, loaded) {
                (Operand::K, Loaded::Word(word)) => meaning(word, k, arch),
                (Operand::K | Operand::X, _) => None,
            };
            let meaning = meaning.map(|meaning| format!(" ({meaning})")).unwrap_or_default();
            let (yes, no) = (at + 1 + usize::from(jt), at + 1 + usize::from(jf));
            format!("{} {}{meaning} → {yes}, else {no}", condition.name(), by(operand))
        }
        Operation::Return => format!("ret {}", verdict(k)),
        Operation::ReturnAccumulator => "ret a".to_owned(),
        Operation::ToIndex => "tax".to_owned(),
        Operation::FromIndex => "txa".to_owned(),
    }
}

/// Small numbers in decimal, as descriptors and call numbers are; large ones in hexadecimal, as flag words are.
fn number(k: u32) -> String {
    if k < 0x1000 { k.to_string() } else { format!("{k:#x}") }
}

fn word(offset: u32) -> String {
    let half = if offset.is_multiple_of(8) { "low" } else { "high" };
    match offset {
        0 => "nr".to_owned(),
        4 => "arch".to_owned(),
        8 | 12 => format!("instruction_pointer.{half}"),
        16..64 if offset.is_multiple_of(4) => format!("args[{}].{half}", (offset - 16) / 8),
        _ => format!("[{offset}]"),
    }
}

/// The name of a value of the word at an offset, if it has one.
fn meaning(offset: u32, k: u32, arch: Arch) -> Option<&'static str> {
    match offset {
        0 => Call::with_number(arch, k).map(Call::name),
        4 => Arch::ALL.into_iter().find(|arch| arch.audit() == k).map(Arch::name),
        _ => None,
    }
}

fn verdict(k: u32) -> String {
    match Action::from_code(k) {
        Some(Action::Allow) => "ALLOW".to_owned(),
        Some(Action::Errno(errno)) => {
            match [Refusal::EPERM, Refusal::ENOSYS].iter().find(|name| **name as u16 == errno) {
                Some(name) => format!("ERRNO({name:?})"),
                None => format!("ERRNO({errno})"),
            }
        }
        Some(Action::Trap) => "TRAP".to_owned(),
        Some(Action::Kill) => "KILL_PROCESS".to_owned(),
        None => format!("{k:#010x}"),
    }
}

impl Alu {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::Or => "or",
            Self::And => "and",
            Self::Lsh => "lsh",
            Self::Rsh => "rsh",
            Self::Xor => "xor",
        }
    }
}

impl Condition {
    fn name(self) -> &'static str {
        match self {
            Self::Equal => "jeq",
            Self::Greater => "jgt",
            Self::AtLeast => "jge",
            Self::AnyBit => "jset",
        }
    }
}
