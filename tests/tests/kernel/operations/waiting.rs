//! Waiting until a descriptor is ready. The kinds that list these are ready at once.

use libc::*;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::operation::Permitted::{self, Waiting};
use crate::operation::{Operation, Subject, gives, op};

/// The inert object is opened with O_PATH: POLLNVAL.
const POLL: Permitted = Waiting(Err(Errno::EBADF));
/// select counts what cannot be waited for as ready.
const SELECT: Permitted = Waiting(Ok(()));

pub(crate) const ALL: &[Operation] = &[
    #[cfg(target_arch = "x86_64")]
    op("poll", POLL, |s| poll(s, SYS_poll, &[1000, 0, 0])),
    op("ppoll", POLL, |s| poll(s, SYS_ppoll, &[0, 0, 0])),
    #[cfg(target_arch = "x86_64")]
    op("select", SELECT, |s| select(s, SYS_select)),
    op("pselect6", SELECT, |s| select(s, SYS_pselect6)),
];

/// POLLNVAL, the answer for what cannot be waited for, counts as EBADF.
fn poll(subject: &Subject<'_>, number: c_long, rest: &[i32; 3]) -> Result<(), Errno> {
    let mut set = [pollfd { fd: subject.fd(), events: POLLIN | POLLOUT, revents: 0 }];
    gives(call(number, args![&mut set, 1, rest[0], rest[1], rest[2]]), 1)?;
    if set[0].revents & POLLNVAL != 0 { Err(Errno::EBADF) } else { Ok(()) }
}

fn select(subject: &Subject<'_>, number: c_long) -> Result<(), Errno> {
    let fd = usize::try_from(subject.fd()).expect("a descriptor");
    let mut read = [0_u64; 16];
    read[fd / 64] |= 1 << (fd % 64);
    let mut write = read;
    // Ready for reading, writing or both.
    let ready = call(number, args![fd + 1, &mut read, &mut write, 0, 0, 0])?;
    assert!((1..=2).contains(&ready), "{ready} are ready");
    Ok(())
}
