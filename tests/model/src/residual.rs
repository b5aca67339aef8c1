//! What is left of a program when the architecture and the number of the call are known: what it does with the
//! arguments. Two programs with the same remainder for a number treat that call the same, byte for byte.

use std::collections::BTreeMap;

use sandbox_policy::linux::bpf::Program;

// The instructions that our filters consist of (linux/bpf_common.h).
const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const EQUAL: u16 = 0x15;
const AT_LEAST: u16 = 0x35;
const ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

/// What the accumulator holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Known(u32),
    /// The word at this offset, under this mask.
    Argument(u32, u32),
}

/// The remainder, in a form that depends on nothing but what it does.
///
/// # Panics
///
/// If the program is not one that the emitter could have made.
#[must_use]
pub fn of(program: &Program, audit: u32, number: u32) -> Vec<u8> {
    let mut walk = Walk { program, audit, number, seen: BTreeMap::new(), bytes: Vec::new() };
    walk.place(0, Word::Known(0));
    walk.bytes
}

struct Walk<'a> {
    program: &'a Program,
    audit: u32,
    number: u32,
    /// Where in the remainder a place of the program, entered with this word, has come to stand.
    seen: BTreeMap<(usize, Word), u32>,
    bytes: Vec<u8>,
}

impl Walk<'_> {
    fn place(&mut self, mut at: usize, mut word: Word) {
        loop {
            let instruction = self.program.instructions()[at];
            let skip = match (instruction.code, word) {
                (LOAD, _) => {
                    word = match instruction.k {
                        0 => Word::Known(self.number),
                        4 => Word::Known(self.audit),
                        argument => Word::Argument(argument, u32::MAX),
                    };
                    0
                }
                (AND, Word::Known(known)) => {
                    word = Word::Known(known & instruction.k);
                    0
                }
                (AND, Word::Argument(offset, mask)) => {
                    word = Word::Argument(offset, mask & instruction.k);
                    0
                }
                (JUMP, _) => instruction.k as usize,
                (RETURN, _) => {
                    self.bytes.push(b'r');
                    self.bytes.extend(instruction.k.to_le_bytes());
                    return;
                }
                (EQUAL | AT_LEAST | ANY_BIT, Word::Known(known)) => {
                    let holds = match instruction.code {
                        EQUAL => known == instruction.k,
                        AT_LEAST => known >= instruction.k,
                        _ => known & instruction.k != 0,
                    };
                    usize::from(if holds { instruction.jt } else { instruction.jf })
                }
                (EQUAL | AT_LEAST | ANY_BIT, Word::Argument(offset, mask)) => {
                    let next = u32::try_from(self.seen.len()).expect("a short program");
                    if let Some(known) = self.seen.get(&(at, word)) {
                        self.bytes.push(b's');
                        self.bytes.extend(known.to_le_bytes());
                        return;
                    }
                    self.seen.insert((at, word), next);
                    self.bytes.extend(instruction.code.to_le_bytes());
                    for part in [offset, mask, instruction.k] {
                        self.bytes.extend(part.to_le_bytes());
                    }
                    self.place(at + 1 + usize::from(instruction.jt), word);
                    self.place(at + 1 + usize::from(instruction.jf), word);
                    return;
                }
                (code, _) => panic!("instruction {code:#x} at {at}"),
            };
            at += 1 + skip;
        }
    }
}
