//! What the filters in force say about a call, without performing it.
//!
//! Before entry an outer filter is put in force that answers every call made at one address with an errno of its own. Of
//! several filters the strictest answer counts, and of two errnos the later filter's: so whatever else comes back is the
//! later filter's answer, and the outer errno means that it lets the call through. Nothing is performed either way.

use std::arch::global_asm;

use sandbox_model::Verdict;
use sandbox_policy::linux::bpf::Instruction;

use super::call;
use crate::args;

/// An errno that no kernel returns: the outer filter's.
const LET_THROUGH: u16 = 3518;
const STACK: usize = 256 << 10;
/// How much of the stack is looked at below the part that signal frames leave alone.
const LOOKED_AT: usize = 512;
/// What the ABI keeps for the interrupted function below its stack.
const RED_ZONE: usize = 128;

// number, arguments, top of the stack to use.
global_asm!(
    ".globl sandbox_sample",
    "sandbox_sample:",
    "push rbx",
    "push rbp",
    "mov rbp, rsp",
    "mov rsp, rdx",
    "mov rax, rdi",
    "mov rbx, rsi",
    "mov rdi, [rbx]",
    "mov rsi, [rbx + 8]",
    "mov rdx, [rbx + 16]",
    "mov r10, [rbx + 24]",
    "mov r8, [rbx + 32]",
    "mov r9, [rbx + 40]",
    "syscall",
    ".globl sandbox_sample_made",
    "sandbox_sample_made:",
    "mov rsp, rbp",
    "pop rbp",
    "pop rbx",
    "ret",
    // The same by the i386 table.
    ".globl sandbox_sample_i386",
    "sandbox_sample_i386:",
    "push rbx",
    "mov rax, rdi",
    "xor ebx, ebx",
    "xor ecx, ecx",
    "xor edx, edx",
    "int 0x80",
    ".globl sandbox_sample_i386_made",
    "sandbox_sample_i386_made:",
    "pop rbx",
    "ret",
);

unsafe extern "C" {
    fn sandbox_sample(number: u64, arguments: *const [u64; 6], stack: *mut u8) -> i64;
    fn sandbox_sample_made();
    fn sandbox_sample_i386(number: u64) -> i64;
    fn sandbox_sample_i386_made();
}

/// Asks the filters that are put in force after it was made.
pub struct Sampler {
    stack: Box<[u8]>,
}

impl std::fmt::Debug for Sampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sampler")
    }
}

impl Sampler {
    /// Puts the outer filter in force.
    ///
    /// # Panics
    ///
    /// If the kernel refuses it.
    #[must_use]
    pub fn new() -> Self {
        const LOAD: u16 = 0x20;
        const JUMP_EQUAL: u16 = 0x15;
        const RETURN: u16 = 0x06;
        let plain = |code, k| Instruction { code, jt: 0, jf: 0, k };
        let mut program = Vec::new();
        for made in [sandbox_sample_made as *const () as usize, sandbox_sample_i386_made as *const () as usize] {
            let unless = |half: usize, jf| Instruction {
                code: JUMP_EQUAL,
                jt: 0,
                jf,
                k: u32::try_from(half & 0xffff_ffff).expect("a half"),
            };
            program.extend([
                // seccomp_data.instruction_pointer.
                plain(LOAD, 8),
                unless(made, 3),
                plain(LOAD, 12),
                unless(made >> 32, 1),
                plain(RETURN, Verdict::Errno(LET_THROUGH).code()),
            ]);
        }
        program.push(plain(RETURN, Verdict::Allowed.code()));
        call(libc::SYS_prctl, args![libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]).expect("no_new_privs");
        let filter = libc::sock_fprog {
            len: u16::try_from(program.len()).expect("a small program"),
            filter: program.as_mut_ptr().cast(),
        };
        call(libc::SYS_seccomp, args![libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter]).expect("the outer filter");
        let mut sampler = Self { stack: vec![0; STACK].into_boxed_slice() };
        // A filter without effect would let everything be performed.
        assert_eq!(sampler.ask(u32::try_from(libc::SYS_getppid).expect("a number"), &[0; 6]), Verdict::Allowed);
        sampler
    }

    /// What becomes of this call. One that ends the process ends it here.
    ///
    /// # Panics
    ///
    /// If the call was performed.
    pub fn ask(&mut self, number: u32, arguments: &[u64; 6]) -> Verdict {
        // The stack of calls is aligned to 16 bytes.
        let top = STACK - RED_ZONE - (self.stack.as_ptr().addr() + STACK) % 16;
        self.stack[top - RED_ZONE - LOOKED_AT..top].fill(0);
        let stack = self.stack[top..].as_mut_ptr();
        // SAFETY: the arguments live until the call returns; below `stack` lie more than 200 KiB that nobody else uses;
        // what the call would do, the outer filter prevents.
        let returned = unsafe { sandbox_sample(number.into(), arguments, stack) };
        // A signal's frame was written there, so its handler has answered.
        if self.stack[top - RED_ZONE - LOOKED_AT..top - RED_ZONE].iter().any(|&byte| byte != 0) {
            return Verdict::Trapped;
        }
        let errno = u16::try_from(-returned).ok().filter(|errno| (1..4096).contains(errno));
        match errno.unwrap_or_else(|| panic!("call {number:#x} {arguments:x?} was performed: {returned}")) {
            LET_THROUGH => Verdict::Allowed,
            errno => Verdict::Errno(errno),
        }
    }

    /// The same for a number of the i386 table.
    ///
    /// # Panics
    ///
    /// If the process goes on.
    pub fn ask_i386(&mut self, number: u32) {
        // SAFETY: its arguments are all 0, and the outer filter prevents what it would do.
        let returned = unsafe { sandbox_sample_i386(number.into()) };
        panic!("call {number} of the i386 table gave {returned}");
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::new()
    }
}
