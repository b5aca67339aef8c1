//! The instruction codes that a seccomp filter may contain, and their meaning.

use super::Instruction;

/// `BPF_LD | BPF_W | BPF_ABS`: loads a word of `struct seccomp_data`.
pub(super) const LOAD: u16 = 0x20;
/// `BPF_LD | BPF_IMM`.
pub(super) const LOAD_CONSTANT: u16 = 0x00;
/// `BPF_MISC | BPF_TAX`: copies the accumulator to the index register.
pub(super) const TO_INDEX: u16 = 0x07;
/// `BPF_ALU | BPF_AND | BPF_K`.
pub(super) const AND: u16 = 0x54;
/// `BPF_ALU | BPF_LSH | BPF_X`: shifts the accumulator to the left by the index register.
pub(super) const SHIFT_BY_INDEX: u16 = 0x6c;
/// `BPF_JMP | BPF_JA`.
pub(super) const JUMP: u16 = 0x05;
/// `BPF_JMP | BPF_JEQ | BPF_K`.
pub(super) const JUMP_EQUAL: u16 = 0x15;
/// `BPF_JMP | BPF_JGE | BPF_K`.
pub(super) const JUMP_AT_LEAST: u16 = 0x35;
/// `BPF_JMP | BPF_JSET | BPF_K`.
pub(super) const JUMP_ANY_BIT: u16 = 0x45;
/// `BPF_RET | BPF_K`.
pub(super) const RETURN: u16 = 0x06;

/// The size of `struct seccomp_data`: words are loaded at multiples of four below it.
pub(super) const DATA_SIZE: u32 = 64;

/// How many words of scratch memory there are (`BPF_MEMWORDS`).
pub(super) const MEMORY_WORDS: u32 = 16;

/// The second operand: the instruction's constant or the index register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    K,
    X,
}

/// An arithmetic operation on the accumulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alu {
    Add,
    Sub,
    Mul,
    Div,
    Or,
    And,
    Lsh,
    Rsh,
    Xor,
}

/// A comparison of the accumulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Equal,
    Greater,
    AtLeast,
    AnyBit,
}

/// What an instruction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Load,
    LoadConstant,
    LoadSize,
    LoadMemory,
    IndexConstant,
    IndexSize,
    IndexMemory,
    Store,
    StoreIndex,
    Alu(Alu, Operand),
    Negate,
    Jump,
    JumpIf(Condition, Operand),
    Return,
    ReturnAccumulator,
    ToIndex,
    FromIndex,
}

impl Instruction {
    /// What it does, if it is one that `seccomp_check_filter` (kernel/seccomp.c) admits.
    pub(super) fn operation(self) -> Option<Operation> {
        use Operand::{K, X};
        Some(match self.code {
            LOAD => Operation::Load,
            LOAD_CONSTANT => Operation::LoadConstant,
            0x80 => Operation::LoadSize,
            0x60 => Operation::LoadMemory,
            0x01 => Operation::IndexConstant,
            0x81 => Operation::IndexSize,
            0x61 => Operation::IndexMemory,
            0x02 => Operation::Store,
            0x03 => Operation::StoreIndex,
            0x04 => Operation::Alu(Alu::Add, K),
            0x0c => Operation::Alu(Alu::Add, X),
            0x14 => Operation::Alu(Alu::Sub, K),
            0x1c => Operation::Alu(Alu::Sub, X),
            0x24 => Operation::Alu(Alu::Mul, K),
            0x2c => Operation::Alu(Alu::Mul, X),
            0x34 => Operation::Alu(Alu::Div, K),
            0x3c => Operation::Alu(Alu::Div, X),
            0x44 => Operation::Alu(Alu::Or, K),
            0x4c => Operation::Alu(Alu::Or, X),
            AND => Operation::Alu(Alu::And, K),
            0x5c => Operation::Alu(Alu::And, X),
            0x64 => Operation::Alu(Alu::Lsh, K),
            SHIFT_BY_INDEX => Operation::Alu(Alu::Lsh, X),
            0x74 => Operation::Alu(Alu::Rsh, K),
            0x7c => Operation::Alu(Alu::Rsh, X),
            0xa4 => Operation::Alu(Alu::Xor, K),
            0xac => Operation::Alu(Alu::Xor, X),
            0x84 => Operation::Negate,
            JUMP => Operation::Jump,
            JUMP_EQUAL => Operation::JumpIf(Condition::Equal, K),
            0x1d => Operation::JumpIf(Condition::Equal, X),
            0x25 => Operation::JumpIf(Condition::Greater, K),
            0x2d => Operation::JumpIf(Condition::Greater, X),
            JUMP_AT_LEAST => Operation::JumpIf(Condition::AtLeast, K),
            0x3d => Operation::JumpIf(Condition::AtLeast, X),
            JUMP_ANY_BIT => Operation::JumpIf(Condition::AnyBit, K),
            0x4d => Operation::JumpIf(Condition::AnyBit, X),
            RETURN => Operation::Return,
            0x16 => Operation::ReturnAccumulator,
            TO_INDEX => Operation::ToIndex,
            0x87 => Operation::FromIndex,
            _ => return None,
        })
    }
}
