//! Filters to compile.

use sandbox_policy::linux::bpf::{Program, disagreements, emit, verify};
use sandbox_policy::linux::{Action, Arch, Call, CallRules, Filter, Ranges, Rule, Test};

pub(crate) const EPERM: Action = Action::Errno(1);

/// A filter that refuses what is not said. Calls that the architecture lacks are left out.
pub(crate) fn filter(arch: Arch, calls: impl IntoIterator<Item = (Call, Vec<Rule>)>) -> Filter {
    let mut calls: Vec<_> = calls
        .into_iter()
        .filter(|(call, _)| call.number(arch).is_some())
        .map(|(call, rules)| CallRules { call, rules, otherwise: EPERM })
        .collect();
    calls.sort_by_key(|entry| entry.call.number(arch));
    Filter { arch, calls, otherwise: EPERM }
}

pub(crate) fn allow(tests: impl IntoIterator<Item = Test>) -> Rule {
    Rule { tests: tests.into_iter().collect(), action: Action::Allow }
}

pub(crate) fn among(argument: u8, numbers: impl IntoIterator<Item = u32>) -> Test {
    Test::In(argument, Ranges::of(numbers))
}

/// The emitted program, after the kernel's checks and the comparison with the rules.
pub(crate) fn checked(filter: &Filter) -> Program {
    let program = emit(filter).expect("it is short enough");
    assert_eq!(verify(&program), Ok(()));
    agrees(filter, &program);
    program
}

pub(crate) fn agrees(filter: &Filter, program: &Program) {
    let comparison = disagreements(filter, program);
    let found: Vec<_> = comparison.disagreements.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{filter:#?}\n{}", found.join("\n"));
    assert!(comparison.compared > 5000);
}

/// The rules that libseccomp's code generator gets wrong.
pub(crate) fn five_rules() -> Filter {
    filter(
        Arch::X86_64,
        [
            (Call::lseek, vec![allow([among(0, [0])]), allow([among(0, [2]), among(1, [1])])]),
            (Call::fcntl, vec![allow([among(0, [8]), among(1, [2])]), allow([among(0, [0])]), allow([among(0, [4])])]),
            (Call::write, vec![allow([])]),
            (Call::exit_group, vec![allow([])]),
        ],
    )
}

/// A filter as a policy with so many descriptors gives: each has one of four sets of rights.
pub(crate) fn like_ours(arch: Arch, descriptors: u32) -> Filter {
    const BASE: [Call; 24] = [
        Call::brk,
        Call::munmap,
        Call::mremap,
        Call::madvise,
        Call::futex,
        Call::rt_sigaction,
        Call::rt_sigprocmask,
        Call::rt_sigreturn,
        Call::sigaltstack,
        Call::getpid,
        Call::gettid,
        Call::sched_yield,
        Call::sched_getaffinity,
        Call::nanosleep,
        Call::clock_nanosleep,
        Call::clock_gettime,
        Call::clock_getres,
        Call::gettimeofday,
        Call::getrandom,
        Call::restart_syscall,
        Call::exit,
        Call::exit_group,
        Call::set_robust_list,
        Call::rseq,
    ];
    let granted = |kinds: &'static [u32]| {
        (0..descriptors).map(|at| at + 3).filter(move |descriptor| kinds.contains(&(descriptor % 4)))
    };
    let readable = || among(0, granted(&[0, 1]));
    let writable = || among(0, granted(&[1, 2]));
    let any = || among(0, granted(&[0, 1, 2, 3]));
    let mut calls: Vec<_> = BASE.into_iter().map(|call| (call, vec![allow([])])).collect();
    calls.extend([Call::read, Call::readv].map(|call| (call, vec![allow([readable()])])));
    calls.extend([Call::pread64, Call::preadv].map(|call| (call, vec![allow([among(0, granted(&[1]))])])));
    calls.extend([Call::write, Call::writev].map(|call| (call, vec![allow([writable()])])));
    calls.extend([Call::fsync, Call::ftruncate].map(|call| (call, vec![allow([among(0, granted(&[2]))])])));
    calls.extend([Call::lseek, Call::fstat].map(|call| (call, vec![allow([any()])])));
    let trapped = Rule { tests: vec![], action: Action::Trap };
    let path = vec![allow([any(), Test::Is64(1, 0), Test::Masked(3, !0x1000, 0)]), trapped.clone()];
    calls.push((Call::newfstatat, path));
    let pinned = Rule { tests: vec![Test::In(0, Ranges::new([(0, 255)]))], action: Action::Trap };
    calls.push((Call::close, vec![pinned, allow([])]));
    let status = vec![allow([any(), among(1, [1, 3])]), allow([writable(), among(1, [4]), Test::Masked(2, !0xc00, 0)])];
    calls.push((Call::fcntl, status));
    let terminal = vec![allow([any(), among(1, [0x5401, 0x5413])]), allow([readable(), among(1, [0x541b, 0x5421])])];
    calls.push((Call::ioctl, terminal));
    let shared = [among(4, granted(&[1])), among(3, [1]), Test::Masked(2, !3, 0)];
    let anonymous = [Test::Masked(3, 0x20, 0x20), Test::Masked(2, 4, 0), Test::Is64(5, 0)];
    calls.push((Call::mmap, vec![allow(anonymous), allow(shared)]));
    calls.push((Call::mprotect, vec![allow([Test::Masked(2, !3, 0)])]));
    filter(arch, calls)
}

/// Calls with rules of different shapes, that overlap and disagree.
pub(crate) fn mixed() -> Filter {
    let refuse = |tests: Vec<Test>, errno| Rule { tests, action: Action::Errno(errno) };
    let kill = Rule { tests: vec![Test::Masked(0, 0x8000_0001, 0x8000_0001)], action: Action::Kill };
    filter(
        Arch::X86_64,
        [
            (Call::read, vec![refuse(vec![among(0, [7])], 9), allow([Test::In(0, Ranges::new([(3, 11), (13, 99)]))])]),
            (Call::sendto, vec![allow([among(0, [3]), Test::Is64(4, 0), Test::Is64(5, 0)]), kill.clone()]),
            (Call::lseek, vec![allow([Test::Is64(1, u64::MAX), among(2, [0, 1, 2])]), kill]),
            (
                Call::socket,
                vec![
                    allow([Test::In(0, Ranges::new([(1, u32::MAX)])), Test::Masked(1, 0xf, 1)]),
                    refuse(vec![Test::In(0, Ranges::new([(0, 0), (u32::MAX, u32::MAX)]))], 97),
                    allow([among(0, [0]), among(2, [6])]),
                ],
            ),
            (Call::openat, vec![allow([among(0, [5]), Test::Masked(2, !0o2_100_000, 0), Test::Masked(2, 3, 0)])]),
        ],
    )
}
