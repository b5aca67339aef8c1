//! Linux: from a policy to a seccomp filter, Landlock rules and limits.
//!
//! Everything here is data to data and gives the same result on every host.

pub mod base;
pub mod bpf;
mod call;
mod directory;
mod filter;
mod grants;
mod landlock;
mod lists;
mod lower;
mod plan;
pub mod rule;

pub use call::{ALL as ALL_CALLS, Call, Names, Refusal};
pub use directory::opening;
pub use filter::{Action, CallRules, Filter, Ranges, Rule, Test};
pub use grants::NumberGrant;
pub use landlock::Landlock;
pub use lists::listed as listed_fcntl;
pub use lower::{CANARY, CANARY_ERRNO, Granted, Target, lower};
pub use plan::{Numbers, Plan, PlanError};

/// An architecture that filters are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
    /// 64-bit RISC-V.
    Riscv64,
}

impl Arch {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::X86_64, Self::Aarch64, Self::Riscv64];

    /// The name that Rust and the kernel use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
            Self::Riscv64 => "riscv64",
        }
    }

    /// The value of `seccomp_data.arch` (`AUDIT_ARCH_*`, linux/audit.h).
    #[must_use]
    pub const fn audit(self) -> u32 {
        match self {
            Self::X86_64 => 0xc000_003e,
            Self::Aarch64 => 0xc000_00b7,
            Self::Riscv64 => 0xc000_00f3,
        }
    }

    /// Numbers from here on belong to another table of the same architecture (x32), if there is one.
    #[must_use]
    pub const fn foreign_numbers_from(self) -> Option<u32> {
        match self {
            Self::X86_64 => Some(0x4000_0000),
            Self::Aarch64 | Self::Riscv64 => None,
        }
    }
}
