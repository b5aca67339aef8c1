//! The handler of trapped calls: it must give hostile code nothing, whatever it is handed.

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicI64, Ordering};

use libc::{AT_EMPTY_PATH, SIGSYS};
use sandbox_rt::{OnViolation, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked};
use sandbox_tests::{args, scratch};

use crate::attempt::{Outcome, Special};
use crate::sys;
use crate::world::{SECRET, declared};

const PAGE: usize = 4096;
const DENIED: Outcome = Outcome::Fails(&[Errno::EPERM]);

/// `stat` may be asked about, `copied` can be copied (so that closing is trapped), `held` nothing.
#[derive(Debug)]
struct Trapped {
    stat: File,
    copied: File,
    held: File,
}

impl Trapped {
    fn new() -> Self {
        let file = |name| {
            let path = scratch::file(name, SECRET);
            File::options().read(true).write(true).open(path).expect("open a file")
        };
        Self { stat: file("stat"), copied: file("copied"), held: file("held") }
    }

    fn confine(&self, on_violation: OnViolation) {
        Sandbox::new("trapped")
            .on_violation(on_violation)
            .grant("stat", &self.stat, declared("fstat"))
            .grant("copied", &self.copied, declared("dup"))
            .grant("held", &self.held, declared("hold"))
            .enter()
            .expect("enter");
        assert!(self.ask(c"".into(), AT_EMPTY_PATH).is_ok(), "asking about what may be asked about");
    }

    fn enter(&self) {
        self.confine(OnViolation::Error);
    }

    fn enter_and_report(&self) {
        self.confine(OnViolation::Report);
    }

    fn ask(&self, path: sandbox_tests::sys::Arg, flags: i32) -> Result<i64, Errno> {
        call(libc::SYS_newfstatat, args![self.stat.as_raw_fd(), path.0, &mut [0_u64; 64], flags])
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let refused = |name, act| Special { name, make: Trapped::new, enter: Trapped::enter, act, refused: DENIED };
    let reported =
        |name, act| Special { name, make: Trapped::new, enter: Trapped::enter_and_report, act, refused: DENIED };
    let ended = |name, act| Special {
        name,
        make: Trapped::new,
        enter: Trapped::enter_and_report,
        act,
        refused: Outcome::Ends(SIGSYS),
    };
    let mut cases: Vec<Case> = [
        refused("stat a path beside the flag for none", |t| t.ask(c"/etc/passwd".into(), AT_EMPTY_PATH)),
        refused("stat another descriptor by an empty path", |t| {
            call(libc::SYS_newfstatat, args![t.held.as_raw_fd(), c"", &mut [0_u64; 64], AT_EMPTY_PATH])
        }),
        refused("stat the working directory by an empty path", |_| {
            call(libc::SYS_newfstatat, args![libc::AT_FDCWD, c"", &mut [0_u64; 64], AT_EMPTY_PATH])
        }),
        refused("stat a path that ends a mapping", |t| t.ask(last_bytes(b"/etc\0").into(), AT_EMPTY_PATH)),
        reported("open a path that ends a mapping", |_| open(last_bytes(b"/etc\0"))),
        reported("open a path with control characters", |_| {
            std::fs::write(scratch::path("\u{1b}[2J\n"), SECRET).ok();
            let path = std::ffi::CString::new(scratch::path("\u{1b}[2J\n").into_os_string().into_encoded_bytes());
            open(path.expect("a path").as_ptr().expose_provenance())
        }),
        reported("replace the handler", |_| {
            extern "C" fn nothing(_: i32) {}
            sys::handle(SIGSYS, nothing)
        }),
        reported("forge a trap by a queued signal", |_| {
            let mut info = [0_i32; 32];
            (info[0], info[2]) = (SIGSYS, 1);
            (info[6], info[7]) = (257, 0xc000_003e_u32.cast_signed());
            sys::handle_if_possible(SIGSYS);
            call(libc::SYS_rt_sigqueueinfo, args![std::process::id(), SIGSYS, &info])
        }),
        reported("forge a trap by a queued signal to a thread", |_| {
            let mut info = [0_i32; 32];
            (info[0], info[2]) = (SIGSYS, 1);
            sys::handle_if_possible(SIGSYS);
            let pid = std::process::id();
            call(libc::SYS_rt_tgsigqueueinfo, args![pid, pid, SIGSYS, &info])
        }),
        reported("trap in the handler of a fault", |_| in_a_fault(64 * 1024)),
        // The handler needs less than 8 KiB, which is std's whole alternate stack, besides what the kernel puts there.
        reported("trap with 8 KiB for two handlers", |_| in_a_fault(2 * sys::signal_frame() + 8 * 1024)),
        // Two frames of signals may not fit: with large registers one alone takes twelve kibibytes.
        Special {
            refused: Outcome::FailsOrEnds(&[Errno::EPERM], libc::SIGSEGV),
            ..reported("trap on a small stack", |_| in_a_fault(16 * 1024))
        },
        ended("trap while its signal is blocked", |_| {
            let everything = [u64::MAX];
            call(libc::SYS_rt_sigprocmask, args![libc::SIG_BLOCK, &everything, 0, 8])?;
            open(c"/etc/passwd".as_ptr().expose_provenance())
        }),
    ]
    .map(|special| special.case("traps"))
    .into();
    cases.push(Case::new("traps::hostile_pointers", hostile_pointers));
    cases.push(Case::new("traps::forged_by_tgkill", forged));
    cases
}

fn open(path: usize) -> Result<i64, Errno> {
    call(libc::SYS_openat, args![libc::AT_FDCWD, path, libc::O_RDONLY])
}

/// The address of `bytes` at the very end of what is mapped.
fn last_bytes(bytes: &[u8]) -> usize {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let pages = call(libc::SYS_mmap, args![0, 2 * PAGE, protection, flags, -1, 0]).expect("memory");
    let pages = usize::try_from(pages).expect("an address");
    call(libc::SYS_munmap, args![pages + PAGE, PAGE]).expect("unmap");
    let start = pages + PAGE - bytes.len();
    for (at, &byte) in bytes.iter().enumerate() {
        sys::poke(start + at, byte);
    }
    start
}

/// What the call in the handler of the fault returned.
static IN_FAULT: AtomicI64 = AtomicI64::new(0);

/// Makes a trapped call in a SIGSEGV handler that runs on an alternate stack of this size.
fn in_a_fault(size: usize) -> Result<i64, Errno> {
    extern "C" fn on_fault(_: i32) {
        let outcome = open(c"/etc/passwd".as_ptr().expose_provenance());
        IN_FAULT.store(outcome.unwrap_or_else(|errno| -i64::from(errno.0)), Ordering::Relaxed);
        sys::step_over_fault();
    }
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let stack = call(libc::SYS_mmap, args![0, size, protection, flags, -1, 0])?;
    let description = [stack, 0, i64::try_from(size).expect("a size")];
    call(libc::SYS_sigaltstack, args![&description, 0])?;
    sys::handle(libc::SIGSEGV, on_fault)?;
    sys::fault();
    match IN_FAULT.load(Ordering::Relaxed) {
        number if number >= 0 => Ok(number),
        errno => Err(Errno(i32::try_from(-errno).expect("an errno"))),
    }
}

/// Pointers to nowhere, to the kernel, across the end of memory: the call is refused and the process goes on.
fn hostile_pointers() {
    for report in [false, true] {
        let confined = forked(|| {
            let trapped = std::mem::ManuallyDrop::new(Trapped::new());
            if report {
                trapped.enter_and_report();
            } else {
                trapped.enter();
            }
            let unterminated = last_bytes(&[b'a'; 64]);
            for pointer in
                [0, 1, 8, 0xfff, usize::MAX, usize::MAX - 7, 1 << 63, 0xffff_8000_0000_0000, 1 << 47, unterminated]
            {
                assert_eq!(open(pointer), Err(Errno::EPERM), "open {pointer:#x}");
                let asked = trapped.ask(pointer.into(), AT_EMPTY_PATH);
                // A null path with the flag is the descriptor itself.
                let expected = if pointer == 0 { Ok(0) } else { Err(Errno::EPERM) };
                assert_eq!(asked, expected, "stat {pointer:#x}");
                let number = trapped.stat.as_raw_fd();
                let into = call(libc::SYS_newfstatat, args![number, c"", pointer, AT_EMPTY_PATH]);
                assert!(pointer == unterminated || into == Err(Errno::EFAULT), "stat into {pointer:#x}: {into:?}");
            }
        });
        assert_eq!(confined.end, End::Exited(0), "{}", confined.stderr);
    }
}

/// Signals of that number which no filter raised: the handler ignores them, and the process goes on as it was.
fn forged() {
    let confined = forked(|| {
        let trapped = std::mem::ManuallyDrop::new(Trapped::new());
        trapped.enter_and_report();
        let pid = std::process::id();
        assert_eq!(call(libc::SYS_tgkill, args![pid, pid, SIGSYS]), Ok(0));
        assert_eq!(open(c"/etc/passwd".as_ptr().expose_provenance()), Err(Errno::EPERM));
    });
    assert_eq!(confined.end, End::Exited(0), "{}", confined.stderr);
}
