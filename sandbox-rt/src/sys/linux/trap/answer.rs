//! What a trapped call returns.

use sandbox_policy::Rights;
use sandbox_policy::linux::Call;

use super::explain;
use super::table::{Table, descriptor};
use crate::sys::refusal::read_string;

/// `AT_EMPTY_PATH`: the call is about the descriptor itself if the path is empty.
const AT_EMPTY_PATH: u64 = 0x1000;

/// The result of the call, or a negative errno.
pub(super) fn answer(table: &Table, number: u32, arguments: &[u64; 6]) -> i64 {
    let Some(call) = table.call(number) else { return -i64::from(libc::EPERM) };
    match call {
        // The filter traps it for pinned numbers only.
        Call::close => close(table, arguments[0]),
        Call::newfstatat if is_about_descriptor(arguments) => fstat(table, arguments),
        _ => {
            if table.report
                && let Some(mut line) = explain::refusal(table, call, arguments)
            {
                line.print();
            }
            -i64::from(libc::EPERM)
        }
    }
}

/// Puts the inert descriptor in the place of the closed one, so that its peer sees the close and its number keeps its
/// meaning.
#[allow(clippy::cast_possible_truncation, reason = "the kernel looks at the low half of a descriptor")]
fn close(table: &Table, number: u64) -> i64 {
    let number = number as u32;
    if number == table.inert {
        return 0;
    }
    // SAFETY: dup3 takes no pointer; the caller asked for the descriptor to be closed.
    let replaced = unsafe { libc::syscall(libc::SYS_dup3, table.inert, number, libc::O_CLOEXEC) };
    result(replaced).min(0)
}

/// Whether the path of a `newfstatat` is empty or null and may be.
fn is_about_descriptor(arguments: &[u64; 6]) -> bool {
    let mut first = [0];
    let [_, path, _, flags, ..] = *arguments;
    flags & AT_EMPTY_PATH != 0 && (path == 0 || read_string(path, &mut first).is_some_and(<[u8]>::is_empty))
}

/// Answers by `fstat`, which the filter binds to the descriptor. A refused one is std's size hint: no word about it.
fn fstat(table: &Table, arguments: &[u64; 6]) -> i64 {
    let Some(number) = descriptor(Call::newfstatat, arguments) else { return -i64::from(libc::EPERM) };
    if !table.declarations.rights(table.subject(number)).contains(Rights::FSTAT) {
        return -i64::from(libc::EPERM);
    }
    // SAFETY: the buffer is the caller's own pointer, which the kernel checks (EFAULT).
    let answered = unsafe { libc::syscall(libc::SYS_fstat, number, arguments[2]) };
    result(answered)
}

fn result(returned: libc::c_long) -> i64 {
    if returned < 0 { -i64::from(super::super::errno()) } else { returned }
}
