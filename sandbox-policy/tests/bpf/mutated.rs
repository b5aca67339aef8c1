//! The comparison finds programs that are wrong: each instruction is spoiled in turn.

use sandbox_policy::linux::Filter;
use sandbox_policy::linux::bpf::{Instruction, Program, disagreements, emit};
use sandbox_policy::linux::{Action, Arch};

use crate::filters::{five_rules, like_ours, mixed};

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const LOAD_CONSTANT: u16 = 0x00;
const TO_INDEX: u16 = 0x07;
const SHIFT_BY_INDEX: u16 = 0x6c;
const JUMP: u16 = 0x05;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_AT_LEAST: u16 = 0x35;
const JUMP_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

/// How many of the spoiled programs are found wrong, and which are not.
fn spoil(filter: &Filter, spoil: impl Fn(Instruction) -> Vec<Instruction>) -> (usize, Vec<(usize, Instruction)>) {
    let program = emit(filter).unwrap();
    let (mut found, mut missed) = (0, Vec::new());
    for (at, &instruction) in program.instructions().iter().enumerate() {
        for spoiled in spoil(instruction) {
            assert_ne!(spoiled, instruction);
            let mut instructions = program.instructions().to_vec();
            instructions[at] = spoiled;
            if disagreements(filter, &Program(instructions)).disagreements.is_empty() {
                missed.push((at, spoiled));
            } else {
                found += 1;
            }
        }
    }
    (found, missed)
}

fn filters() -> [Filter; 3] {
    [five_rules(), mixed(), like_ours(Arch::X86_64, 3)]
}

fn compares(instruction: Instruction) -> bool {
    [JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT].contains(&instruction.code)
}

#[test]
fn a_comparison_turned_round_is_always_found() {
    for filter in filters() {
        let (found, missed) = spoil(&filter, |instruction| {
            let Instruction { code, jt, jf, k } = instruction;
            if compares(instruction) { vec![Instruction { code, jt: jf, jf: jt, k }] } else { vec![] }
        });
        assert_eq!(missed, []);
        assert!(found > 8, "{found}");
    }
}

#[test]
fn another_verdict_is_always_found() {
    for filter in filters() {
        let (found, missed) = spoil(&filter, |instruction| {
            let verdicts =
                [Action::Allow, Action::Errno(2), Action::Errno(38), Action::Trap, Action::Kill].map(Action::code);
            let others = verdicts.into_iter().filter(|&k| instruction.code == RETURN && k != instruction.k);
            others.map(|k| Instruction { k, ..instruction }).collect()
        });
        assert_eq!(missed, []);
        assert!(found >= 12, "{found}");
    }
}

#[test]
fn a_load_of_another_word_is_always_found() {
    for filter in filters() {
        let (found, missed) = spoil(&filter, |instruction| {
            let others = (0..64).step_by(4).filter(|&k| instruction.code == LOAD && k != instruction.k);
            others.map(|k| Instruction { k, ..instruction }).collect()
        });
        assert_eq!(missed, []);
        assert!(found >= 6 * 15, "{found}");
    }
}

#[test]
fn a_load_left_out_is_always_found() {
    for filter in filters() {
        let (found, missed) = spoil(&filter, |instruction| {
            let nothing = Instruction { code: JUMP, jt: 0, jf: 0, k: 0 };
            if instruction.code == LOAD { vec![nothing] } else { vec![] }
        });
        assert_eq!(missed, []);
        assert!(found >= 6, "{found}");
    }
}

/// Scattered numbers are looked up by their bit in a word.
#[test]
fn a_look_up_spoiled_in_any_way_is_always_found() {
    let (found, missed) = spoil(&like_ours(Arch::X86_64, 64), |instruction| {
        let nothing = Instruction { code: JUMP, jt: 0, jf: 0, k: 0 };
        let others = [0, 2, 3].map(|k| Instruction { k, ..instruction });
        match instruction.code {
            LOAD_CONSTANT => [&[nothing], &others[..]].concat(),
            TO_INDEX | SHIFT_BY_INDEX => vec![nothing],
            // The masks of a look-up have several bits: one more, or one less.
            JUMP_ANY_BIT if instruction.k.count_ones() > 8 => {
                (0..u32::BITS).map(|bit| Instruction { k: instruction.k ^ 1 << bit, ..instruction }).collect()
            }
            _ => vec![],
        }
    });
    // What is missed makes no difference: a number that was compared before.
    assert!(missed.len() * 20 < found, "{found} found, missed {missed:?}");
    assert!(missed.iter().all(|(_, instruction)| instruction.code == JUMP_ANY_BIT), "{missed:?}");
}

#[test]
fn another_number_is_found_where_it_matters() {
    let (mut found, mut missed) = (0, Vec::new());
    for filter in filters() {
        let (more, others) = spoil(&filter, |instruction| {
            if !compares(instruction) && instruction.code != AND {
                return vec![];
            }
            let k = instruction.k;
            let mut others = vec![k.wrapping_add(1), k.wrapping_sub(1)];
            others.extend([1, 5, 10, 16, 31].map(|bit| k ^ 1 << bit));
            others.retain(|&other| other != k);
            others.sort_unstable();
            others.dedup();
            others.into_iter().map(|k| Instruction { k, ..instruction }).collect()
        });
        found += more;
        missed.extend(others);
    }
    // What is missed makes no difference: a border between numbers that were compared before.
    assert!(missed.len() * 100 < found, "{found} found, missed {missed:?}");
}
