//! Where descriptors can be made: old numbers for new objects, and more rights than were declared.

use std::fs::File;
use std::os::fd::AsRawFd as _;

use libc::c_int;
use sandbox_rt::{OnViolation, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Errno, call};
use sandbox_tests::{args, scratch};

use crate::attempt::{Attempt, Outcome, Special};
use crate::world::{SECRET, Under, World, declared};

const EBADF: &[Errno] = &[Errno::EBADF];
const EPERM: &[Errno] = &[Errno::EPERM];
/// What an int argument's upper half may hold without meaning anything.
const GARBAGE: u64 = 0x5a4d_b0c5_0000_0000;

/// A number is closed, something is made, and the number is used.
pub(crate) fn numbers() -> Vec<Attempt> {
    vec![
        Attempt::new("accept under a closed number", |w| {
            close(w.out.as_raw_fd().unsigned_abs().into())?;
            accept(w)?;
            write(w.out.as_raw_fd())
        })
        .under(&[Under::Accept])
        .with(EBADF),
        Attempt::new("accept under a number closed with garbage", |w| {
            close(GARBAGE | u64::from(w.out.as_raw_fd().unsigned_abs()))?;
            accept(w)?;
            write(w.out.as_raw_fd())
        })
        .under(&[Under::Accept])
        .with(EBADF),
        Attempt::new("copy under a closed number", |w| {
            close(w.out.as_raw_fd().unsigned_abs().into())?;
            copy(w.copied.as_raw_fd())?;
            write(w.out.as_raw_fd())
        })
        .under(&[Under::Dup])
        .with(EBADF),
        Attempt::new("copy under the number of what is held", |w| {
            close(w.held.as_raw_fd().unsigned_abs().into())?;
            let copy = copy(w.copied.as_raw_fd())?;
            if copy == i64::from(w.held.as_raw_fd()) { Ok(copy) } else { Err(Errno::EBADF) }
        })
        .under(&[Under::Dup])
        .with(EBADF),
        Attempt::new("open under a closed number", |w| {
            close(w.input.as_raw_fd().unsigned_abs().into())?;
            open(w, libc::O_RDONLY)?;
            read(w.input.as_raw_fd())
        })
        .under(&[Under::Directory])
        .with(EBADF),
        Attempt::new("close everything and begin again", |w| {
            for number in (0..200).filter(|&number| number != w.copied.as_raw_fd()) {
                close(number.unsigned_abs().into()).ok();
            }
            let copy = copy(w.copied.as_raw_fd())?;
            if copy == 0 { Ok(0) } else { Err(Errno::EBADF) }
        })
        .under(&[Under::Dup])
        .with(EBADF),
        Attempt::new("close by a range", |w| {
            let number = w.out.as_raw_fd();
            call(libc::SYS_close_range, args![number, number, 0])
        })
        .under(&Under::MINTING),
        Attempt::new("move what is inert", |w| {
            // The filter lets the handler of closes copy the inert descriptor downwards, and nothing else.
            let mut moved = Err(Errno::EPERM);
            for number in (0..200).filter(|&number| number != w.input.as_raw_fd()) {
                moved = moved.or(call(libc::SYS_dup3, args![number, 300, libc::O_CLOEXEC]));
            }
            moved
        }),
        Attempt::new("copy to a chosen number", |w| {
            call(libc::SYS_dup3, args![w.copied.as_raw_fd(), w.out.as_raw_fd(), libc::O_CLOEXEC])
        }),
    ]
}

/// What was made has the rights declared for it, and no others.
pub(crate) fn rights() -> Vec<Attempt> {
    vec![
        Attempt::new("write to an accepted connection", |w| write(number(accept(w)?)))
            .under(&[Under::Accept])
            .with(EPERM),
        Attempt::new("accept from an accepted connection", |w| {
            // A copy of the listener stands for it: only the number decides.
            let accepted = accept(w)?;
            match call(libc::SYS_accept, args![accepted, 0, 0]) {
                Err(Errno::EINVAL) => Ok(0),
                other => other,
            }
        })
        .under(&[Under::Accept])
        .with(EPERM),
        Attempt::new("cut a copy", |w| call(libc::SYS_ftruncate, args![copy(w.copied.as_raw_fd())?, 0]))
            .under(&[Under::Dup])
            .with(EPERM),
        Attempt::new("copy what may not be copied", |w| copy(w.out.as_raw_fd())),
        Attempt::new("copy what is held", |w| copy(w.held.as_raw_fd())),
        Attempt::new("open for writing", |w| open(w, libc::O_WRONLY)).under(&[Under::Directory]),
        Attempt::new("open for reading and writing", |w| open(w, libc::O_RDWR)).under(&[Under::Directory]),
        Attempt::new("open for asking only", |w| open(w, 3)).under(&[Under::Directory]),
        Attempt::new("open and cut", |w| open(w, libc::O_TRUNC)).under(&[Under::Directory]),
        Attempt::new("open with garbage and for writing", |w| {
            let flags = GARBAGE | 1;
            call(libc::SYS_openat, args![w.directory.as_raw_fd(), c"file", flags, 0])
        })
        .under(&[Under::Directory]),
        Attempt::new("stat what was opened", |w| {
            call(libc::SYS_fstat, args![open(w, libc::O_RDONLY)?, &mut [0_u64; 64]])
        })
        .under(&[Under::Directory]),
    ]
}

/// Append mode belongs to the open file, whichever number it is changed by.
pub(crate) fn append() -> Case {
    Special {
        name: "end append mode by a copy",
        make: || File::options().append(true).open(scratch::file("log", SECRET)).expect("open the log"),
        enter: |log| {
            Sandbox::new("appending")
                .on_violation(OnViolation::Error)
                .grant("log", log, declared("write + seek + dup + fcntl(getfl, setfl)"))
                .enter()
                .expect("enter");
        },
        act: |log| {
            let copy = copy(log.as_raw_fd())?;
            call(libc::SYS_fcntl, args![copy, libc::F_SETFL, 0])
        },
        refused: Outcome::Fails(EPERM),
    }
    .case("minting")
}

fn close(number: u64) -> Result<i64, Errno> {
    call(libc::SYS_close, args![number])
}

fn accept(world: &World) -> Result<i64, Errno> {
    call(libc::SYS_accept4, args![world.listener.as_raw_fd(), 0, 0, libc::SOCK_CLOEXEC])
}

fn copy(number: c_int) -> Result<i64, Errno> {
    call(libc::SYS_fcntl, args![number, libc::F_DUPFD_CLOEXEC, 0])
}

fn open(world: &World, flags: c_int) -> Result<i64, Errno> {
    call(libc::SYS_openat, args![world.directory.as_raw_fd(), c"file", flags, 0])
}

fn read(number: c_int) -> Result<i64, Errno> {
    call(libc::SYS_read, args![number, &mut [0_u8; 8], 8])
}

fn write(number: c_int) -> Result<i64, Errno> {
    call(libc::SYS_write, args![number, b"x", 1])
}

fn number(minted: i64) -> c_int {
    c_int::try_from(minted).expect("a descriptor")
}
