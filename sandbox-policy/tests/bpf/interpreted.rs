//! The interpreter, instruction by instruction.

use sandbox_policy::linux::bpf::{Data, Fault, Instruction, Program, run};

fn program(instructions: &[(u16, u8, u8, u32)]) -> Program {
    Program(instructions.iter().map(|&(code, jt, jf, k)| Instruction { code, jt, jf, k }).collect())
}

/// What the accumulator holds after these instructions.
fn accumulator(instructions: &[(u16, u32)]) -> Result<u32, Fault> {
    let mut all: Vec<_> = instructions.iter().map(|&(code, k)| (code, 0, 0, k)).collect();
    all.push((0x16, 0, 0, 0));
    run(&program(&all), &Data::default())
}

#[test]
fn loads_see_the_words_as_the_kernel_lays_them_out() {
    let data = Data {
        nr: 1,
        arch: 2,
        instruction_pointer: 0x4_0000_0003,
        args: [0x6_0000_0005, 0x8_0000_0007, 0xa_0000_0009, 0xc_0000_000b, 0xe_0000_000d, 0x10_0000_000f],
    };
    for word in 0..16 {
        assert_eq!(run(&program(&[(0x20, 0, 0, word * 4), (0x16, 0, 0, 0)]), &data), Ok(word + 1));
    }
    for offset in [1, 2, 3, 62, 64, 68, u32::MAX] {
        let fault = Fault::Offset { at: 0, k: offset };
        assert_eq!(run(&program(&[(0x20, 0, 0, offset), (0x16, 0, 0, 0)]), &data), Err(fault));
    }
}

#[test]
fn arithmetic_wraps_as_in_the_kernel() {
    const X: u16 = 0x08;
    // With a constant and with the index register.
    for (code, a, by, result) in [
        (0x04, u32::MAX, 2, 1),
        (0x14, 1, 2, u32::MAX),
        (0x24, 0x8000_0001, 2, 2),
        (0x34, 7, 2, 3),
        (0x44, 5, 2, 7),
        (0x54, 6, 3, 2),
        (0x64, 3, 31, 0x8000_0000),
        (0x74, 0x8000_0000, 31, 1),
        (0xa4, 6, 3, 5),
    ] {
        assert_eq!(accumulator(&[(0x00, a), (code, by)]), Ok(result), "{code:#x}");
        assert_eq!(accumulator(&[(0x00, a), (0x01, by), (code | X, 0)]), Ok(result), "{code:#x}");
    }
    assert_eq!(accumulator(&[(0x00, 5), (0x84, 0)]), Ok(5_u32.wrapping_neg()));
    assert_eq!(accumulator(&[(0x00, 5), (0x34, 0)]), Err(Fault::Operand { at: 1, k: 0 }));
    assert_eq!(accumulator(&[(0x00, 5), (0x3c, 0)]), Ok(0));
}

#[test]
fn registers_and_memory_keep_what_is_put_there() {
    assert_eq!(accumulator(&[(0x00, 7), (0x07, 0), (0x00, 0), (0x87, 0)]), Ok(7));
    assert_eq!(accumulator(&[(0x00, 7), (0x02, 15), (0x00, 0), (0x60, 15)]), Ok(7));
    assert_eq!(accumulator(&[(0x01, 7), (0x03, 0), (0x01, 0), (0x61, 0), (0x87, 0)]), Ok(7));
    assert_eq!(accumulator(&[(0x80, 0)]), Ok(64));
    assert_eq!(accumulator(&[(0x81, 0), (0x87, 0)]), Ok(64));
    assert_eq!(accumulator(&[(0x60, 3)]), Err(Fault::Unwritten { at: 0 }));
    assert_eq!(accumulator(&[(0x02, 16)]), Err(Fault::Operand { at: 0, k: 16 }));
}

#[test]
fn comparisons_take_the_right_way() {
    for (code, a, with, holds) in [
        (0x15, 5, 5, true),
        (0x15, 5, 6, false),
        (0x25, 6, 5, true),
        (0x25, 5, 5, false),
        (0x35, 5, 5, true),
        (0x35, 4, 5, false),
        (0x35, u32::MAX, 5, true),
        (0x45, 6, 4, true),
        (0x45, 6, 9, false),
    ] {
        let ends = [(0x06, 0, 0, 100), (0x06, 0, 0, 200)];
        let expected = Ok(if holds { 100 } else { 200 });
        let constant = [&[(0x00, 0, 0, a), (code, 0, 1, with)], &ends[..]].concat();
        assert_eq!(run(&program(&constant), &Data::default()), expected, "{code:#x} {a} {with}");
        let index = [&[(0x00, 0, 0, a), (0x01, 0, 0, with), (code | 8, 0, 1, 0)], &ends[..]].concat();
        assert_eq!(run(&program(&index), &Data::default()), expected, "{code:#x} {a} {with}");
    }
}

#[test]
fn what_leads_nowhere_is_a_fault() {
    let fault = |instructions: &[_]| run(&program(instructions), &Data::default()).unwrap_err();
    assert_eq!(fault(&[]), Fault::Length(0));
    assert_eq!(fault(&[(0x00, 0, 0, 0)]), Fault::NoReturn);
    assert_eq!(fault(&[(0x05, 0, 0, 1), (0x06, 0, 0, 0)]), Fault::Jump { at: 0 });
    assert_eq!(fault(&[(0x05, 0, 0, u32::MAX), (0x06, 0, 0, 0)]), Fault::Jump { at: 0 });
    assert_eq!(fault(&[(0x15, 9, 0, 0), (0x06, 0, 0, 0)]), Fault::Jump { at: 0 });
    assert_eq!(fault(&[(0x94, 0, 0, 1)]), Fault::Unknown { at: 0, code: 0x94 });
}
