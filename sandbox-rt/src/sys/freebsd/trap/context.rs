//! The refused call: what the kernel says about it, and the registers that it saved.

/// `siginfo_t` up to the reason (sys/signal.h).
#[repr(C)]
struct CapTrap {
    signal: libc::c_int,
    errno: libc::c_int,
    code: libc::c_int,
    pid: libc::pid_t,
    uid: libc::uid_t,
    status: libc::c_int,
    address: *mut libc::c_void,
    value: libc::sigval,
    /// `si_syscall`: the number of the refused call.
    call: libc::c_int,
}

/// `TRAP_CAP` (sys/signal.h): raised by a refused call. A forged one has another code.
const TRAP_CAP: libc::c_int = 4;

/// A refused call.
pub(super) struct Refusal {
    /// The call.
    pub(super) number: u32,
    /// ENOTCAPABLE or ECAPMODE.
    pub(super) errno: libc::c_int,
    /// Its arguments, as far as the registers still hold them.
    pub(super) arguments: [Option<u64>; 6],
}

impl Refusal {
    /// The call that raised the signal; none if something else did.
    ///
    /// # Safety
    ///
    /// The pointers must be those that the kernel gave to a handler with `SA_SIGINFO`, which has not returned.
    pub(super) unsafe fn read(info: *mut libc::siginfo_t, context: *mut libc::c_void) -> Option<Self> {
        // SAFETY: a siginfo_t is larger than its start, and aligned for it.
        let info = unsafe { info.cast::<CapTrap>().read() };
        if info.code != TRAP_CAP {
            return None;
        }
        // SAFETY: the kernel's context is a ucontext_t, alive and not written while the handler runs.
        let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
        let mut arguments = arguments(registers);
        let mut number = info.call.cast_unsigned();
        if sandbox_policy::freebsd::call::INDIRECT.contains(&number) {
            // syscall(2): the number is the first argument, and the others follow.
            number = u32::try_from(arguments[0].unwrap_or(0)).unwrap_or(0);
            arguments.rotate_left(1);
            arguments[5] = None;
        }
        Some(Self { number, errno: info.errno, arguments })
    }

    /// The low half of an argument, at which the kernel looks where it is a descriptor or a number.
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    pub(super) fn low(&self, argument: u8) -> Option<u32> {
        self.arguments[usize::from(argument)].map(|value| value as u32)
    }
}

/// The fourth argument comes in r10, because the call itself overwrites rcx; the kernel saves it as rcx, and no r10
/// (amd64/exception.S).
#[cfg(target_arch = "x86_64")]
fn arguments(registers: &libc::mcontext_t) -> [Option<u64>; 6] {
    [registers.mc_rdi, registers.mc_rsi, registers.mc_rdx, registers.mc_rcx, registers.mc_r8, registers.mc_r9]
        .map(|register| Some(register.cast_unsigned()))
}

/// The first argument's register is the result's by now, and the number of an indirect call with it.
#[cfg(target_arch = "aarch64")]
fn arguments(registers: &libc::mcontext_t) -> [Option<u64>; 6] {
    let register = |index: usize| registers.mc_gpregs.gp_x[index].cast_unsigned();
    [None, Some(register(1)), Some(register(2)), Some(register(3)), Some(register(4)), Some(register(5))]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn arguments(_registers: &libc::mcontext_t) -> [Option<u64>; 6] {
    [None; 6]
}
