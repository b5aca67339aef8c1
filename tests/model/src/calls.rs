//! Numbers of calls, as the kernel's tables say.

use sandbox_policy::linux::Arch;

/// Numbers of calls lie below.
#[must_use]
pub const fn numbers_end() -> u32 {
    1024
}

/// The name of the call with this number.
#[must_use]
pub fn name_of(arch: Arch, number: u32) -> Option<&'static str> {
    let number = usize::try_from(number).ok()?;
    match arch {
        Arch::X86_64 => syscalls::x86_64::Sysno::new(number).map(|call| call.name()),
        Arch::Aarch64 => syscalls::aarch64::Sysno::new(number).map(|call| match call.name() {
            // That crate takes this one from the generic header, where it has the name of the 32-bit one beside it.
            "fstatat" => "newfstatat",
            name => name,
        }),
        Arch::Riscv64 => syscalls::riscv64::Sysno::new(number).map(|call| call.name()),
    }
}

/// The number of the call with this name.
#[must_use]
pub fn number_of(arch: Arch, name: &str) -> Option<u32> {
    (0..numbers_end()).find(|&number| name_of(arch, number) == Some(name))
}

/// Every number of the i386 table.
pub fn i386_numbers() -> impl Iterator<Item = u32> {
    (0..numbers_end()).filter(|&number| syscalls::x86::Sysno::new(number as usize).is_some())
}
