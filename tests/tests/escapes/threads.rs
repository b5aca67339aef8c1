//! Threads made after entry are where the first one is.

use std::mem::ManuallyDrop;
use std::os::fd::AsRawFd as _;
use std::thread;

use sandbox_tests::args;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked};

use crate::attempt::Attempt;
use crate::world::{SECRET, Under, World};

pub(crate) fn attempts() -> Vec<Attempt> {
    let in_threads = |attempt: Attempt| attempt.under(&[Under::Threads]);
    vec![
        in_threads(Attempt::new("open from a thread", |_| {
            elsewhere(|| call(libc::SYS_openat, args![libc::AT_FDCWD, c"/etc/passwd", 0]))
        })),
        in_threads(Attempt::new("read from a thread what may be written", |w| {
            elsewhere(|| call(libc::SYS_read, args![w.out.as_raw_fd(), &mut [0_u8; 8], 8]))
        })),
        in_threads(Attempt::new("make a socket from a thread", |_| {
            elsewhere(|| call(libc::SYS_socket, args![libc::AF_INET, libc::SOCK_STREAM, 0]))
        })),
        in_threads(Attempt::new("fork from a thread", |_| {
            elsewhere(|| {
                let child = call(libc::SYS_fork, args![])?;
                if child == 0 {
                    call(libc::SYS_exit_group, args![0])?;
                }
                Ok(child)
            })
        })),
        in_threads(Attempt::new("map executable memory from a thread", |_| {
            elsewhere(|| {
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                call(libc::SYS_mmap, args![0, 4096, libc::PROT_READ | libc::PROT_EXEC, flags, -1, 0])
            })
        })),
    ]
}

fn elsewhere(act: impl FnOnce() -> Result<i64, Errno> + Send) -> Result<i64, Errno> {
    thread::scope(|scope| scope.spawn(act).join()).expect("join")
}

/// Two threads close and copy in turns: nothing is ever found under a number that was granted to something else.
pub(crate) fn race() -> Case {
    Case::new("threads::close_and_copy_in_turns", || {
        let child = forked(|| {
            let world = ManuallyDrop::new(World::new());
            sandbox_rt::Sandbox::new("racing")
                .allow(sandbox_rt::Allow::Threads)
                .on_violation(sandbox_rt::OnViolation::Error)
                .grant("input", &world.input, sandbox_rt::Rights::READ)
                .grant("copied", &world.copied, crate::world::declared("read + dup"))
                .enter()
                .expect("enter");
            let (input, copied) = (world.input.as_raw_fd(), world.copied.as_raw_fd());
            thread::scope(|scope| {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        call(libc::SYS_close, args![input]).expect("close");
                    }
                });
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let copy = call(libc::SYS_fcntl, args![copied, libc::F_DUPFD, 0]).expect("copy");
                        assert!(copy > i64::from(copied.max(input)), "{copy}");
                        call(libc::SYS_close, args![copy]).expect("close the copy");
                    }
                });
                scope.spawn(|| {
                    let mut bytes = [0_u8; SECRET.len()];
                    for _ in 0..2_000 {
                        let read = call(libc::SYS_read, args![input, &mut bytes, 0]);
                        assert!(matches!(read, Ok(0) | Err(Errno::EBADF)), "{read:?}");
                    }
                });
            });
        });
        assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
    })
}
