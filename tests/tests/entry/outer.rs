//! Outer filters: what a container, or a hostile parent, puts around a process before it confines itself.
//!
//! The filters are written by hand and hold one block a rule. They are loaded before entry, so that the shipped code
//! needs no hook for its own faults.

use std::os::fd::OwnedFd;

use sandbox_policy::linux::bpf::Instruction;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call, is_root};

// linux/bpf_common.h
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
// linux/seccomp.h
const SET_MODE_FILTER: u32 = 1;
const NEW_LISTENER: u32 = 8;
const ALLOW: u32 = 0x7fff_0000;
const NOTIFY: u32 = 0x7fc0_0000;
const ERRNO: u32 = 0x0005_0000;

/// A condition on one argument: its low half equals the value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Is(u8, u32);

/// Calls that an outer filter answers by itself, without performing them.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) call: libc::c_long,
    pub(crate) when: Vec<Is>,
    /// 0 pretends success.
    pub(crate) errno: i32,
}

impl Answered {
    /// Every such call fails.
    pub(crate) fn with(errno: i32, call: libc::c_long) -> Self {
        Self { call, when: Vec::new(), errno }
    }

    /// Only with this argument.
    pub(crate) fn when(mut self, argument: u8, value: u32) -> Self {
        self.when.push(Is(argument, value));
        self
    }
}

/// Puts a filter around this process that answers these calls, and allows every other one.
pub(crate) fn answer(calls: &[Answered]) {
    let mut program = Vec::new();
    for answered in calls {
        block(&mut program, answered.call, &answered.when, ERRNO | answered.errno.unsigned_abs());
    }
    program.push(plain(RETURN, ALLOW));
    load(&program, 0);
}

/// Puts a filter around this process that asks a supervisor about every call but these. Gives the supervisor's end.
pub(crate) fn ask_about_all_but(calls: &[libc::c_long]) -> OwnedFd {
    let mut program = Vec::new();
    for &call in calls {
        block(&mut program, call, &[], ALLOW);
    }
    program.push(plain(RETURN, NOTIFY));
    crate::sys::owned(load(&program, NEW_LISTENER))
}

/// If the call has this number and its arguments fulfil the conditions, returns the answer; else goes on.
fn block(program: &mut Vec<Instruction>, call: libc::c_long, when: &[Is], answer: u32) {
    let conditions = u8::try_from(when.len()).expect("few conditions");
    program.push(plain(LOAD, 0));
    let number = u32::try_from(call).expect("a call's number");
    program.push(unless_equal(number, 2 * conditions + 1));
    for (index, &Is(argument, value)) in when.iter().enumerate() {
        let left = conditions - u8::try_from(index).expect("few conditions") - 1;
        program.push(plain(LOAD, 16 + 8 * u32::from(argument)));
        program.push(unless_equal(value, 2 * left + 1));
    }
    program.push(plain(RETURN, answer));
}

const fn plain(code: u16, k: u32) -> Instruction {
    Instruction { code, jt: 0, jf: 0, k }
}

const fn unless_equal(k: u32, skip: u8) -> Instruction {
    Instruction { code: JUMP_EQUAL, jt: 0, jf: skip, k }
}

/// Root loads it without no_new_privs, so that whether entry set it can be seen; others must set it.
fn load(program: &[Instruction], flags: u32) -> i64 {
    if !is_root() {
        call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]).expect("no_new_privs");
    }
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).expect("a small program"),
        filter: program.as_ptr().cast_mut().cast(),
    };
    call(libc::SYS_seccomp, args![SET_MODE_FILTER, flags, &raw const filter]).expect("load the outer filter")
}

/// Whether the filter answers as it should: a test that rests on a filter without effect could not fail.
pub(crate) fn assert_answers(number: libc::c_long, errno: Errno) {
    assert_eq!(call(number, [usize::MAX; 6].map(sandbox_tests::sys::Arg)), Err(errno), "the outer filter");
}
