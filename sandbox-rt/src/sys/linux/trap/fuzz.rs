//! The handler without the signal, for the fuzz targets.

use std::os::fd::RawFd;
use std::path::Path;

use sandbox_policy::Policy;
use sandbox_policy::linux::Plan;

use super::context::Context;
use super::table::Table;
use super::{answer, explain};
use crate::sys::refusal::{Declarations, Line, forget};

/// What the kernel hands to the handler: the start of a `siginfo_t`, and the registers.
#[must_use]
pub fn decode(info: &[u8; 128], registers: &[u64; 23]) -> Option<(u32, [u64; 6])> {
    /// As the kernel aligns it.
    #[repr(align(8))]
    struct Aligned([u8; 128]);
    let mut info = Aligned(*info);
    // SAFETY: all zeros is a valid context.
    let mut context: libc::ucontext_t = unsafe { std::mem::zeroed() };
    #[cfg(target_arch = "x86_64")]
    for (register, &value) in context.uc_mcontext.gregs.iter_mut().zip(registers) {
        *register = value.cast_signed();
    }
    #[cfg(target_arch = "aarch64")]
    for (register, &value) in context.uc_mcontext.regs.iter_mut().zip(registers) {
        *register = value;
    }
    #[cfg(target_arch = "riscv64")]
    for (register, &value) in context.uc_mcontext.__gregs.iter_mut().zip(registers) {
        *register = value;
    }
    // SAFETY: both are live, aligned and as large as the kernel's.
    let mut call = unsafe { Context::trapped(info.0.as_mut_ptr().cast(), (&raw mut context).cast()) }?;
    let decoded = (call.number(), call.arguments());
    call.set_result(-1);
    Some(decoded)
}

/// A handler's table.
#[allow(missing_debug_implementations, reason = "the fuzz targets print their input")]
pub struct Handler(Table);

impl Handler {
    /// Of a process with this plan, whose resources have these descriptors. Its directories are all at `home`.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "it does not")]
    pub fn new(policy: &Policy<'_>, descriptors: &[Vec<RawFd>], plan: &Plan, home: &Path) -> Self {
        let path_of = |_| Ok(Some(home.to_owned()));
        let declarations = Declarations::of(policy, descriptors, Some(home.to_owned()), path_of);
        Self(Table::with(policy, plan, declarations.expect("every path is known")))
    }

    /// What the handler answers. It makes the calls that it would make.
    #[must_use]
    pub fn answer(&self, number: u32, arguments: &[u64; 6]) -> i64 {
        answer::answer(&self.0, number, arguments)
    }

    /// The line that it would print the first time.
    #[must_use]
    pub fn explain(&self, number: u32, arguments: &[u64; 6]) -> Option<Vec<u8>> {
        forget();
        let call = self.0.call(number)?;
        explain::refusal(&self.0, call, arguments).map(|mut line| line.ended().to_vec())
    }
}

/// A piece of a line.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Text of our own.
    Text(&'a str),
    /// A path that a program named.
    Path(&'a [u8]),
    /// A number in decimal.
    Number(u64),
    /// A number in hexadecimal.
    Hexadecimal(u64),
}

/// The line of these pieces.
#[must_use]
pub fn line(function: &str, count: u64, pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut line = Line::start(function, count);
    for piece in pieces {
        match *piece {
            Piece::Text(text) => line.text(text),
            Piece::Path(path) => line.path(path),
            Piece::Number(number) => line.number(number),
            Piece::Hexadecimal(number) => line.hexadecimal(number),
        };
    }
    line.ended().to_vec()
}
