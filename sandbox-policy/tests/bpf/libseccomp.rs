//! Programs that libseccomp 2.5.4 exported for the five rules: judged by the same comparison.

use sandbox_policy::linux::bpf::{Program, disagreements, disassemble, verify};
use sandbox_policy::linux::{Action, Arch};

use crate::filters::{agrees, five_rules};

/// At optimisation level 1 the reload of the first argument is lost between two calls.
const LEVEL_1: &str = "
    2000000004000000 150000203e0000c0 2000000000000000 3500000100000040 1500001dffffffff 15001b0001000000
    15001a00e7000000 1500000a08000000 2000000014000000 5400000000000000 1500001500000000 2000000010000000
    1500001202000000 200000001c000000 5400000000000000 1500000f00000000 2000000018000000 15000f0d01000000
    1500000d48000000 2000000014000000 5400000000000000 1500000a00000000 2000000010000000 1500000508000000
    200000001c000000 5400000000000000 1500000200000000 2000000018000000 1500040002000000 2000000010000000
    1500020004000000 1500010000000000 0600000001000500 060000000000ff7f 0600000000000080";

/// At level 2 these rules come out right.
const LEVEL_2: &str = "
    2000000004000000 150000223e0000c0 2000000000000000 3500000100000040 1500001fffffffff 2000000000000000
    15001c00e7000000 1500000c48000000 2000000014000000 5400000000000000 1500001700000000 2000000010000000
    1500000508000000 200000001c000000 5400000000000000 1500000200000000 2000000018000000 1500110002000000
    2000000010000000 15000f0b04000000 1500000c08000000 2000000014000000 5400000000000000 1500000a00000000
    2000000010000000 1500000502000000 200000001c000000 5400000000000000 1500000200000000 2000000018000000
    1500040001000000 2000000010000000 1500020100000000 1500010001000000 0600000001000500 060000000000ff7f
    0600000000000080";

fn program(hexadecimal: &str) -> Program {
    let digits: Vec<u8> =
        hexadecimal.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| u8::try_from(digit).unwrap()).collect();
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    Program::from_bytes(&bytes).unwrap()
}

#[test]
fn the_right_one_is_found_right() {
    let program = program(LEVEL_2);
    assert_eq!(verify(&program), Ok(()));
    agrees(&five_rules(), &program);
}

#[test]
fn the_wrong_one_is_found_wrong() {
    let program = program(LEVEL_1);
    assert_eq!(verify(&program), Ok(()));
    let comparison = disagreements(&five_rules(), &program);
    // lseek(2, 0) is allowed, and that is all that is wrong.
    for found in &comparison.disagreements {
        assert_eq!(found.data.nr, 8, "{found}");
        assert_eq!(found.expected, Action::Errno(1), "{found}");
        assert_eq!(found.actual, Ok(Action::Allow.code()), "{found}");
        assert!(found.to_string().starts_with("lseek(number 0x8, arch 0xc000003e, arguments ["), "{found}");
        assert!(found.to_string().ends_with("the rules say Errno(1), the program Allow"), "{found}");
    }
    assert!(!comparison.disagreements.is_empty());
}

#[test]
fn their_text_names_what_is_compared() {
    insta::assert_snapshot!("libseccomp", disassemble(&program(LEVEL_1), Arch::X86_64));
}
