//! The trapped call, in the registers that the kernel saved.

/// The start of `siginfo_t` for SIGSYS (sigaction(2)); the same on all 64-bit architectures.
#[repr(C)]
struct SigSys {
    signal: i32,
    errno: i32,
    code: i32,
    padding: i32,
    address: u64,
    number: i32,
    arch: u32,
}

/// `SYS_SECCOMP`: the signal was raised by a filter. A forged one has another code, or hurts only its forger.
const SYS_SECCOMP: i32 = 1;

pub(super) struct Context<'a> {
    number: u32,
    registers: &'a mut libc::ucontext_t,
}

impl Context<'_> {
    /// The call that raised the signal; none if a filter did not raise it.
    ///
    /// # Safety
    ///
    /// The pointers must be those that the kernel gave to a handler with `SA_SIGINFO`, which has not returned.
    pub(super) unsafe fn trapped(info: *mut libc::siginfo_t, context: *mut libc::c_void) -> Option<Self> {
        // SAFETY: a siginfo_t is larger than its start, and aligned for it.
        let info = unsafe { info.cast::<SigSys>().read() };
        if info.code != SYS_SECCOMP {
            return None;
        }
        // SAFETY: the kernel's context is a ucontext_t, alive and not shared while the handler runs.
        let registers = unsafe { &mut *context.cast::<libc::ucontext_t>() };
        Some(Self { number: info.number.cast_unsigned(), registers })
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }
}

#[cfg(target_arch = "x86_64")]
impl Context<'_> {
    pub(super) fn arguments(&self) -> [u64; 6] {
        use libc::{REG_R8, REG_R9, REG_R10, REG_RDI, REG_RDX, REG_RSI};
        [REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9]
            .map(|register| self.registers.uc_mcontext.gregs[register.unsigned_abs() as usize].cast_unsigned())
    }

    pub(super) fn set_result(&mut self, result: i64) {
        self.registers.uc_mcontext.gregs[libc::REG_RAX.unsigned_abs() as usize] = result;
    }
}

#[cfg(target_arch = "aarch64")]
impl Context<'_> {
    pub(super) fn arguments(&self) -> [u64; 6] {
        std::array::from_fn(|index| self.registers.uc_mcontext.regs[index])
    }

    pub(super) fn set_result(&mut self, result: i64) {
        self.registers.uc_mcontext.regs[0] = result.cast_unsigned();
    }
}

#[cfg(target_arch = "riscv64")]
impl Context<'_> {
    /// `__gregs[10]` is `a0`.
    pub(super) fn arguments(&self) -> [u64; 6] {
        std::array::from_fn(|index| self.registers.uc_mcontext.__gregs[10 + index])
    }

    pub(super) fn set_result(&mut self, result: i64) {
        self.registers.uc_mcontext.__gregs[10] = result.cast_unsigned();
    }
}
