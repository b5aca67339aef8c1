//! Hand-made filters: what is emitted does what the rules say.

use sandbox_policy::linux::bpf::{Data, Program, TooLong, disassemble, emit, run};
use sandbox_policy::linux::{ALL_CALLS, Action, Arch, Call, CallRules, Filter, Ranges, Rule, Test};

use crate::filters::{EPERM, agrees, allow, among, checked, filter, five_rules, like_ours, mixed};

#[test]
fn filters_shaped_like_ours_agree_with_their_rules_on_every_architecture() {
    for arch in Arch::ALL {
        for descriptors in [0, 1, 3, 16, 64] {
            checked(&like_ours(arch, descriptors));
        }
    }
    checked(&mixed());
}

#[test]
fn the_rules_that_libseccomp_gets_wrong_are_right() {
    let program = checked(&five_rules());
    for offset in 0..12 {
        let data = Data { nr: 8, arch: Arch::X86_64.audit(), args: [2, offset, 0, 0, 0, 0], ..Data::default() };
        let expected = if offset == 1 { Action::Allow } else { EPERM };
        assert_eq!(run(&program, &data), Ok(expected.code()), "lseek(2, {offset}, SEEK_SET)");
    }
}

#[test]
fn a_program_reads_as_text() {
    insta::assert_snapshot!("five_rules", disassemble(&checked(&five_rules()), Arch::X86_64));
    insta::assert_snapshot!("mixed", disassemble(&checked(&mixed()), Arch::X86_64));
    insta::assert_snapshot!("like_ours", disassemble(&checked(&like_ours(Arch::Aarch64, 3)), Arch::Aarch64));
}

#[test]
fn the_same_filter_gives_the_same_program() {
    let first = emit(&like_ours(Arch::X86_64, 16)).unwrap();
    for _ in 0..20 {
        assert_eq!(emit(&like_ours(Arch::X86_64, 16)).unwrap(), first);
    }
    assert_eq!(Program::from_bytes(&first.to_bytes()), Some(first));
}

#[test]
fn bytes_that_are_no_program_are_none() {
    assert_eq!(Program::from_bytes(&[6, 0, 0, 0, 0, 0, 0]), None);
    assert_eq!(Program::from_bytes(&[]), Some(Program::default()));
}

#[test]
fn an_empty_filter_still_refuses_other_tables() {
    for arch in Arch::ALL {
        let program = checked(&filter(arch, []));
        let call = |arch, nr| run(&program, &Data { arch, nr, ..Data::default() });
        assert_eq!(call(arch.audit(), 0), Ok(EPERM.code()));
        assert_eq!(call(0x4000_0003, 0), Ok(Action::Kill.code()));
        let foreign = if arch == Arch::X86_64 { Action::Kill } else { EPERM };
        for number in [0x4000_0000, 0x4000_0001, u32::MAX] {
            assert_eq!(call(arch.audit(), number), Ok(foreign.code()), "{arch:?} {number:#x}");
        }
    }
}

#[test]
fn constant_tests_are_decided_when_the_filter_is_compiled() {
    let all = || Ranges::new([(0, u32::MAX)]);
    let always = [Test::Masked(0, 0, 0), Test::In(1, all()), Test::Masked(2, 0, 0)];
    let never = [Test::In(0, Ranges::default()), Test::Masked(0, 0, 1), Test::Masked(0, 1, 2)];
    let constant = filter(
        Arch::X86_64,
        [(Call::read, vec![allow(always)]), (Call::write, never.into_iter().map(|test| allow([test])).collect())],
    );
    let plain = filter(Arch::X86_64, [(Call::read, vec![allow([])])]);
    assert_eq!(checked(&constant), checked(&plain));
}

#[test]
fn calls_that_add_nothing_to_the_default_vanish() {
    let refusing = Rule { tests: vec![among(0, [1, 2])], action: EPERM };
    let redundant =
        filter(Arch::X86_64, [(Call::read, vec![allow([])]), (Call::getpid, vec![]), (Call::close, vec![refusing])]);
    let plain = filter(Arch::X86_64, [(Call::read, vec![allow([])])]);
    assert_eq!(checked(&redundant), checked(&plain));
}

#[test]
fn consecutive_numbers_with_the_same_fate_are_one_leaf() {
    let calls = ALL_CALLS.iter().copied().filter(|call| call.number(Arch::X86_64).is_some_and(|number| number < 100));
    let program = checked(&filter(Arch::X86_64, calls.map(|call| (call, vec![allow([])]))));
    // Two loads, the architecture, 100 and the x32 bit, three verdicts.
    assert_eq!(program.instructions().len(), 8);
}

#[test]
fn equal_blocks_are_shared() {
    let rules = || vec![allow([among(0, [3, 8, 21]), Test::Is64(5, 0)])];
    let calls = [Call::read, Call::readv, Call::pread64, Call::preadv, Call::preadv2, Call::recvfrom];
    let one = checked(&filter(Arch::X86_64, [(Call::readv, rules())]));
    let six = checked(&filter(Arch::X86_64, calls.map(|call| (call, rules()))));
    assert!(six.instructions().len() <= one.instructions().len() + 8, "{}", disassemble(&six, Arch::X86_64));
}

#[test]
fn rules_by_descriptor_share_one_search() {
    let by_descriptor = |descriptor: u32| allow([among(0, [descriptor * 3]), among(1, [descriptor])]);
    let program = checked(&filter(Arch::X86_64, [(Call::fcntl, (0..100).map(by_descriptor).collect())]));
    let loads = |offset| program.instructions().iter().filter(|one| one.code == 0x20 && one.k == offset).count();
    assert_eq!((loads(16), loads(24)), (1, 100));
}

#[test]
fn the_first_rule_that_holds_decides() {
    let rule = |from, to, action| Rule { tests: vec![Test::In(0, Ranges::new([(from, to)]))], action };
    let rules =
        vec![rule(5, 9, Action::Trap), rule(0, 7, Action::Allow), rule(6, 20, Action::Kill), rule(0, 99, EPERM)];
    let program = checked(&filter(Arch::Aarch64, [(Call::dup, rules)]));
    let verdicts = [(4, Action::Allow), (5, Action::Trap), (9, Action::Trap), (10, Action::Kill), (21, EPERM)];
    for (descriptor, action) in verdicts {
        let data = Data { nr: 23, arch: Arch::Aarch64.audit(), args: [descriptor; 6], ..Data::default() };
        assert_eq!(run(&program, &data), Ok(action.code()), "dup({descriptor})");
    }
}

/// Filters whose default allows, and calls that are tried twice.
#[test]
fn other_defaults_are_respected() {
    let refused = |call| CallRules { call, rules: vec![], otherwise: Action::Kill };
    let once = CallRules { call: Call::dup, rules: vec![allow([among(0, [4])])], otherwise: Action::Trap };
    let calls = vec![refused(Call::read), once, refused(Call::dup), refused(Call::execve)];
    checked(&Filter { arch: Arch::X86_64, calls, otherwise: Action::Allow });
}

fn scattered(calls: usize, sets: u32) -> Filter {
    let numbers = |set: u32| (0..64).map(move |at: u32| at * (set + 2) + set);
    let existing = ALL_CALLS.iter().copied().filter(|call| call.number(Arch::X86_64).is_some());
    let calls: Vec<_> = existing.take(calls).collect();
    let rules =
        calls.into_iter().zip((0..sets).cycle()).map(|(call, set)| (call, vec![allow([among(0, numbers(set))])]));
    filter(Arch::X86_64, rules)
}

#[test]
fn jumps_that_are_too_far_take_a_stepping_stone() {
    let filter = scattered(200, 38);
    let program = checked(&filter);
    assert!(program.instructions().len() > 3000, "{}", program.instructions().len());
    let islands = program.instructions().iter().filter(|instruction| instruction.code == 0x05).count();
    assert!(islands > 20, "{islands}");
}

#[test]
fn a_search_longer_than_a_jump_is_right() {
    for numbers in [200, 300, 1500] {
        let squares = (0..numbers).map(|root| root * root);
        let filter = filter(Arch::Riscv64, [(Call::write, vec![allow([among(0, squares)])])]);
        agrees(&filter, &checked(&filter));
    }
}

#[test]
fn a_filter_that_the_kernel_would_not_take_is_an_error() {
    let error = emit(&scattered(200, 200)).unwrap_err();
    let TooLong { instructions } = error;
    assert!(instructions > 4096);
    assert_eq!(
        error.to_string(),
        format!(
            "the filter needs `{instructions}` instructions, the kernel takes at most 4096\n\
             help: grant fewer descriptors, or open them so that their numbers follow one another"
        )
    );
}

#[test]
#[should_panic(expected = "an errno is 1 to 4095")]
fn an_errno_that_means_success_is_never_emitted() {
    let _ = emit(&Filter { arch: Arch::X86_64, calls: vec![], otherwise: Action::Errno(0) });
}

#[test]
#[should_panic(expected = "a system call has six arguments")]
fn a_seventh_argument_is_never_compared() {
    let _ = emit(&filter(Arch::X86_64, [(Call::read, vec![allow([among(6, [0])])])]));
}
