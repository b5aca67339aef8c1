//! What an attacker does by machine code, and signal handlers.

#![allow(unsafe_code, reason = "machine code and signal handlers; each block states its condition")]

use std::arch::asm;
use std::mem;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

const PAGE: usize = 4096;
/// Where the stack of new threads is: below 4 GiB, so that every table of calls can name it.
const MAP_32BIT: i32 = 0x40;

fn outcome(returned: i64) -> Result<i64, Errno> {
    if (-4095..0).contains(&returned) {
        #[allow(clippy::cast_possible_truncation, reason = "an errno")]
        return Err(Errno(-(returned as i32)));
    }
    Ok(returned)
}

/// A system call by `int 0x80`: the i386 table, in a 64-bit process.
pub(crate) fn i386(number: u32, arguments: [u32; 3]) -> Result<i64, Errno> {
    let [first, second, third] = arguments.map(u64::from);
    let returned: u64;
    // SAFETY: rbx, which the compiler keeps for itself, is put back. The kernel preserves all registers but rax and,
    // for this entry, r8 to r11. What the call does to memory is the condition on the test that makes it.
    unsafe {
        asm!(
            "xchg rbx, {first}",
            "int 0x80",
            "xchg rbx, {first}",
            first = inout(reg) first => _,
            inout("rax") u64::from(number) => returned,
            in("rcx") second,
            in("rdx") third,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "the table's registers have 32 bits"
    )]
    outcome(i64::from(returned as i32))
}

/// A copy of `bytes` below 4 GiB.
pub(crate) fn low_memory(bytes: &[u8]) -> u32 {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | MAP_32BIT;
    let page = call(libc::SYS_mmap, args![0, PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0]).expect("mmap");
    let address = usize::try_from(page).expect("an address");
    assert!(bytes.len() <= PAGE);
    let pointer = std::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the page is new, large enough and nobody else's.
    unsafe { pointer.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    u32::try_from(address).expect("below 4 GiB")
}

/// clone(2) with these flags, for a child that ends at once without touching its stack. A thread whose end is refused waits
/// for that of its process.
pub(crate) fn clone_that_exits(flags: u64) -> Result<i64, Errno> {
    let thread = flags & u64::from(libc::CLONE_THREAD.cast_unsigned()) != 0;
    let exit = if thread { libc::SYS_exit } else { libc::SYS_exit_group };
    let stack = u64::from(low_memory(&[])) + PAGE as u64;
    let returned: i64;
    // SAFETY: in the child the instructions up to its end use no memory; in the parent it is a plain call.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "mov rax, r9",
            "xor edi, edi",
            "syscall",
            "3:",
            "pause",
            "jmp 3b",
            "2:",
            inout("rax") libc::SYS_clone => returned,
            in("rdi") flags,
            in("rsi") stack,
            in("rdx") 0,
            in("r10") 0,
            in("r8") 0,
            in("r9") exit,
            out("rcx") _, out("r11") _,
        );
    }
    outcome(returned)
}

/// clone(2) with these flags, for a child that waits until it is killed, without touching its stack.
pub(crate) fn clone_that_waits(flags: u64) -> Result<i64, Errno> {
    let stack = u64::from(low_memory(&[])) + PAGE as u64;
    let returned: i64;
    // SAFETY: in the child the instructions of the loop use no memory; in the parent it is a plain call.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 3f",
            "2:",
            "mov eax, 34",
            "syscall",
            "jmp 2b",
            "3:",
            inout("rax") libc::SYS_clone => returned,
            in("rdi") flags,
            in("rsi") stack,
            in("rdx") 0,
            in("r10") 0,
            in("r8") 0,
            out("rcx") _, out("r11") _,
        );
    }
    outcome(returned)
}

/// Calls the code at an address.
pub(crate) fn jump_to(address: usize) {
    // SAFETY: the condition on the test: a `ret` stands there. If it cannot be executed, the process gets SIGSEGV.
    unsafe { asm!("call {0}", in(reg) address, clobber_abi("C")) };
}

/// The owner of a number that a system call has just given.
pub(crate) fn owned(number: i64) -> OwnedFd {
    let number = i32::try_from(number).expect("a descriptor");
    // SAFETY: the condition on the test: the number is open and nobody else's.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// vfork(2) of a child that ends at once without touching the stack that it shares.
pub(crate) fn vfork_that_exits() -> Result<i64, Errno> {
    let returned: i64;
    // SAFETY: as in `clone_that_exits`.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "mov eax, 60",
            "xor edi, edi",
            "syscall",
            "2:",
            inout("rax") libc::SYS_vfork => returned,
            out("rcx") _, out("r11") _,
        );
    }
    outcome(returned)
}

/// What the kernel puts on the stack for a signal, in bytes: it depends on the processor's registers.
pub(crate) fn signal_frame() -> usize {
    /// `AT_MINSIGSTKSZ` (linux/auxvec.h).
    const SMALLEST_STACK: libc::c_ulong = 51;
    // SAFETY: getauxval takes a number and returns one.
    let size = unsafe { libc::getauxval(SMALLEST_STACK) };
    usize::try_from(size).expect("a size")
}

/// Runs `handler` for `signal`, on the alternate stack if there is one. Async-signal-safe handlers only.
pub(crate) fn handle(signal: i32, handler: extern "C" fn(i32)) -> Result<i64, Errno> {
    // SAFETY: all zeros is a valid sigaction (no flags, empty mask).
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: `action` is initialised and lives until the call returns.
    let installed = unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
    if installed == 0 { Ok(0) } else { Err(Errno::last()) }
}

/// Gives a signal that would end the process a handler that does nothing. Refused where the sandbox has one of its own.
pub(crate) fn handle_if_possible(signal: i32) {
    extern "C" fn nothing(_: i32) {}
    // Whether it was possible is not the caller's question.
    let _ = handle(signal, nothing);
}

/// The page at which [`fault`] faults, until the handler makes it readable.
static FAULTY: AtomicUsize = AtomicUsize::new(0);

/// Reads from a page that cannot be read.
pub(crate) fn fault() {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let page = call(libc::SYS_mmap, args![0, PAGE, libc::PROT_NONE, flags, -1, 0]).expect("mmap");
    let page = usize::try_from(page).expect("an address");
    FAULTY.store(page, Ordering::Relaxed);
    let pointer = std::ptr::with_exposed_provenance::<u8>(page);
    // SAFETY: the page is this function's own. The process gets SIGSEGV, whose handler makes it readable.
    unsafe { pointer.read_volatile() };
}

/// In the handler of the fault: lets the process go on.
pub(crate) fn step_over_fault() {
    let page = FAULTY.load(Ordering::Relaxed);
    call(libc::SYS_mprotect, args![page, PAGE, libc::PROT_READ]).expect("mprotect");
}

/// A byte at an address that the kernel gave.
pub(crate) fn poke(address: usize, byte: u8) {
    let pointer = std::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the condition on the test: something writable is mapped there.
    unsafe { pointer.write_volatile(byte) };
}
