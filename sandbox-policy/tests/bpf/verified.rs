//! The kernel's checks.

use sandbox_policy::linux::bpf::{Fault, Instruction, MAX_INSTRUCTIONS, Program, verify};

const RETURN: (u16, u8, u8, u32) = (0x06, 0, 0, 0);

fn verdict(instructions: &[(u16, u8, u8, u32)]) -> Result<(), Fault> {
    verify(&Program(instructions.iter().map(|&(code, jt, jf, k)| Instruction { code, jt, jf, k }).collect()))
}

#[test]
fn a_program_has_some_instructions_and_not_too_many() {
    assert_eq!(verdict(&[]), Err(Fault::Length(0)));
    assert_eq!(verdict(&[RETURN]), Ok(()));
    assert_eq!(verdict(&vec![RETURN; MAX_INSTRUCTIONS]), Ok(()));
    assert_eq!(verdict(&vec![RETURN; MAX_INSTRUCTIONS + 1]), Err(Fault::Length(4097)));
}

#[test]
fn only_what_seccomp_admits_is_admitted() {
    let admitted: Vec<u16> = (0..=u16::MAX)
        .filter(|&code| {
            verdict(&[(0x02, 0, 0, 1), (code, 0, 0, 1), RETURN, RETURN]) != Err(Fault::Unknown { at: 1, code })
        })
        .collect();
    let expected = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0c, 0x14, 0x15, 0x16, 0x1c, 0x1d, 0x20, 0x24, 0x25, 0x2c,
        0x2d, 0x34, 0x35, 0x3c, 0x3d, 0x44, 0x45, 0x4c, 0x4d, 0x54, 0x5c, 0x60, 0x61, 0x64, 0x6c, 0x74, 0x7c, 0x80,
        0x81, 0x84, 0x87, 0xa4, 0xac,
    ];
    assert_eq!(admitted, expected);
}

#[test]
fn jumps_end_inside() {
    assert_eq!(verdict(&[(0x05, 0, 0, 0), RETURN]), Ok(()));
    assert_eq!(verdict(&[(0x05, 0, 0, 1), RETURN]), Err(Fault::Jump { at: 0 }));
    assert_eq!(verdict(&[(0x05, 0, 0, u32::MAX), RETURN]), Err(Fault::Jump { at: 0 }));
    assert_eq!(verdict(&[(0x15, 0, 1, 0), RETURN]), Err(Fault::Jump { at: 0 }));
    assert_eq!(verdict(&[(0x15, 1, 0, 0), RETURN]), Err(Fault::Jump { at: 0 }));
    assert_eq!(verdict(&[(0x15, 0, 1, 0), RETURN, RETURN]), Ok(()));
}

#[test]
fn operands_and_offsets_are_in_bounds() {
    assert_eq!(verdict(&[(0x20, 0, 0, 60), RETURN]), Ok(()));
    assert_eq!(verdict(&[(0x20, 0, 0, 64), RETURN]), Err(Fault::Offset { at: 0, k: 64 }));
    assert_eq!(verdict(&[(0x20, 0, 0, 2), RETURN]), Err(Fault::Offset { at: 0, k: 2 }));
    assert_eq!(verdict(&[(0x34, 0, 0, 0), RETURN]), Err(Fault::Operand { at: 0, k: 0 }));
    assert_eq!(verdict(&[(0x64, 0, 0, 32), RETURN]), Err(Fault::Operand { at: 0, k: 32 }));
    assert_eq!(verdict(&[(0x74, 0, 0, 31), RETURN]), Ok(()));
    assert_eq!(verdict(&[(0x02, 0, 0, 16), RETURN]), Err(Fault::Operand { at: 0, k: 16 }));
}

#[test]
fn memory_is_written_on_every_way_before_it_is_read() {
    assert_eq!(verdict(&[(0x60, 0, 0, 3), RETURN]), Err(Fault::Unwritten { at: 0 }));
    assert_eq!(verdict(&[(0x02, 0, 0, 3), (0x60, 0, 0, 3), RETURN]), Ok(()));
    let one_way = [(0x15, 0, 1, 0), (0x02, 0, 0, 3), (0x60, 0, 0, 3), RETURN];
    assert_eq!(verdict(&one_way), Err(Fault::Unwritten { at: 2 }));
    let both_ways = [(0x15, 0, 2, 0), (0x02, 0, 0, 3), (0x05, 0, 0, 1), (0x03, 0, 0, 3), (0x61, 0, 0, 3), RETURN];
    assert_eq!(verdict(&both_ways), Ok(()));
}

#[test]
fn the_last_instruction_returns() {
    assert_eq!(verdict(&[(0x00, 0, 0, 0)]), Err(Fault::NoReturn));
    assert_eq!(verdict(&[(0x16, 0, 0, 0)]), Ok(()));
}
