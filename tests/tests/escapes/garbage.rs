//! The kernel looks at the lower half of an int; what stands in the upper half must not make a difference to the filter.

use std::os::fd::AsRawFd as _;

use libc::c_long;
use sandbox_tests::args;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Arg, End, Errno, call, forked};

use crate::world::{SECRET, Under, World};

/// What the upper halves hold: one bit, all bits, and something between.
const UPPER: [u64; 4] = [1 << 32, 1 << 63, 0xffff_ffff_0000_0000, 0x5a4d_b0c5_0000_0000];

struct Garbled {
    name: &'static str,
    number: c_long,
    arguments: fn(&World) -> [Arg; 6],
    /// Which arguments are ints.
    ints: &'static [usize],
    not_under: &'static [Under],
}

const TABLE: &[Garbled] = &[
    Garbled {
        name: "read",
        number: libc::SYS_read,
        arguments: |w| padded(args![w.out.as_raw_fd(), BUFFER.as_ptr(), 0]),
        ints: &[0],
        not_under: &[],
    },
    Garbled {
        name: "write",
        number: libc::SYS_write,
        arguments: |w| padded(args![w.input.as_raw_fd(), SECRET, 4]),
        ints: &[0],
        not_under: &[],
    },
    Garbled {
        name: "openat",
        number: libc::SYS_openat,
        arguments: |_| padded(args![libc::AT_FDCWD, c"/etc/passwd", 0, 0]),
        ints: &[0, 2, 3],
        not_under: &[],
    },
    Garbled {
        name: "ioctl",
        number: libc::SYS_ioctl,
        arguments: |w| padded(args![w.out.as_raw_fd(), libc::FIOCLEX]),
        ints: &[0, 1],
        not_under: &[],
    },
    Garbled {
        name: "fcntl_setfl",
        number: libc::SYS_fcntl,
        arguments: |w| padded(args![w.out.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK]),
        ints: &[0, 1, 2],
        not_under: &[],
    },
    Garbled {
        name: "fcntl_dupfd",
        number: libc::SYS_fcntl,
        arguments: |w| padded(args![w.out.as_raw_fd(), libc::F_DUPFD, 0]),
        ints: &[0, 1, 2],
        not_under: &[],
    },
    Garbled {
        name: "dup3",
        number: libc::SYS_dup3,
        arguments: |w| padded(args![w.out.as_raw_fd(), w.input.as_raw_fd(), libc::O_CLOEXEC]),
        ints: &[0, 1, 2],
        not_under: &[],
    },
    Garbled {
        name: "accept4",
        number: libc::SYS_accept4,
        arguments: |w| padded(args![w.listener.as_raw_fd(), 0, 0, libc::SOCK_CLOEXEC]),
        ints: &[0, 3],
        not_under: &[Under::Accept],
    },
    Garbled {
        name: "sendfile",
        number: libc::SYS_sendfile,
        arguments: |w| padded(args![w.out.as_raw_fd(), w.held.as_raw_fd(), 0, 4]),
        ints: &[0, 1],
        not_under: &[],
    },
    Garbled {
        name: "copy_file_range",
        number: libc::SYS_copy_file_range,
        arguments: |w| padded(args![w.held.as_raw_fd(), 0, w.out.as_raw_fd(), 0, 4, 0]),
        ints: &[0, 2, 5],
        not_under: &[],
    },
    Garbled {
        name: "mprotect",
        number: libc::SYS_mprotect,
        arguments: |_| padded(args![page(), 4096, libc::PROT_READ | libc::PROT_EXEC]),
        ints: &[],
        not_under: &[],
    },
    Garbled {
        name: "socket",
        number: libc::SYS_socket,
        arguments: |_| padded(args![libc::AF_INET, libc::SOCK_STREAM, 0]),
        ints: &[0, 1, 2],
        not_under: &[],
    },
    Garbled {
        name: "tgkill",
        number: libc::SYS_tgkill,
        arguments: |w| padded(args![w.parent, w.parent, 0]),
        ints: &[0, 1, 2],
        not_under: &[],
    },
    Garbled {
        name: "prctl",
        number: libc::SYS_prctl,
        arguments: |_| padded(args![libc::PR_SET_DUMPABLE, 1, 0, 0, 0]),
        ints: &[0],
        not_under: &[],
    },
    Garbled {
        name: "prlimit64",
        number: libc::SYS_prlimit64,
        arguments: |w| padded(args![w.parent, libc::RLIMIT_NOFILE, 0, BUFFER.as_ptr()]),
        ints: &[0, 1],
        not_under: &[],
    },
    Garbled {
        name: "rt_sigaction",
        number: libc::SYS_rt_sigaction,
        arguments: |_| padded(args![libc::SIGSYS, 0, 0, 8]),
        ints: &[0],
        not_under: &[],
    },
    Garbled {
        name: "clock_gettime",
        number: libc::SYS_clock_gettime,
        arguments: |w| padded(args![(!w.parent << 3) | 2, BUFFER.as_ptr()]),
        ints: &[0],
        not_under: &[],
    },
    Garbled {
        name: "fstat",
        number: libc::SYS_fstat,
        arguments: |w| padded(args![w.input.as_raw_fd(), BUFFER.as_ptr()]),
        ints: &[0],
        not_under: &[],
    },
];

/// Room for whatever a call gives back; nobody reads it.
static BUFFER: [std::sync::atomic::AtomicU64; 64] = [const { std::sync::atomic::AtomicU64::new(0) }; 64];

fn padded<const N: usize>(arguments: [Arg; N]) -> [Arg; 6] {
    let mut all = [Arg(0); 6];
    all[..N].copy_from_slice(&arguments);
    all
}

fn page() -> i64 {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    call(libc::SYS_mmap, args![0, 4096, protection, flags, -1, 0]).expect("ordinary memory")
}

impl Garbled {
    fn make(&self, world: &World, upper: u64) -> Result<i64, Errno> {
        let mut arguments = (self.arguments)(world);
        for &int in self.ints {
            let lower = arguments[int].0 & 0xffff_ffff;
            arguments[int] = Arg(Arg::from(upper).0 | lower);
        }
        call(self.number, arguments)
    }

    fn check(&self) {
        for upper in UPPER {
            let free = forked(|| {
                let world = World::new();
                self.make(&world, upper).expect("without the sandbox it must succeed");
            });
            assert_eq!(free.end, End::Exited(0), "{upper:#x}, without the sandbox:\n{}", free.stderr);
            for under in Under::ALL.into_iter().filter(|under| *under != Under::Kill && !self.not_under.contains(under))
            {
                let confined = forked(|| {
                    let world = World::new();
                    world.enter(under);
                    assert_eq!(self.make(&world, upper), Err(Errno::EPERM));
                });
                assert_eq!(confined.end, End::Exited(0), "{upper:#x}, {under:?}:\n{}", confined.stderr);
            }
        }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    TABLE.iter().map(|row| Case::new(format!("garbage::{}", row.name), || row.check())).collect()
}
