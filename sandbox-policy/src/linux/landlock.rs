//! Landlock: deny everything that the running kernel's version can deny, except beneath declared directories.

use std::fmt;

use crate::Rights;

/// The Landlock domain of a plan (landlock(7), linux/landlock.h).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Landlock {
    /// File accesses that are denied unless granted (`LANDLOCK_ACCESS_FS_*`).
    pub files: u64,
    /// Network accesses that are denied (`LANDLOCK_ACCESS_NET_*`).
    pub network: u64,
    /// What is scoped to the domain (`LANDLOCK_SCOPE_*`).
    pub scoped: u64,
    /// What is granted beneath the directory behind each descriptor.
    pub beneath: Vec<(u32, u64)>,
}

/// Names of the file accesses, from bit 0.
const FILES: [&str; 16] = [
    "execute",
    "write_file",
    "read_file",
    "read_dir",
    "remove_dir",
    "remove_file",
    "make_char",
    "make_dir",
    "make_reg",
    "make_sock",
    "make_fifo",
    "make_block",
    "make_sym",
    "refer",
    "truncate",
    "ioctl_dev",
];

impl Landlock {
    /// Everything that this version of the interface denies (0: there is no Landlock).
    #[must_use]
    pub fn deny_all(abi: u32) -> Self {
        // Each version adds rights; the first has thirteen.
        let files = match abi {
            0 => 0,
            1 => (1 << 13) - 1,
            2 => (1 << 14) - 1,
            3 | 4 => (1 << 15) - 1,
            5.. => (1 << 16) - 1,
        };
        Self { files, network: if abi >= 4 { 3 } else { 0 }, scoped: if abi >= 6 { 3 } else { 0 }, beneath: Vec::new() }
    }

    /// Grants beneath the directory behind `descriptor` what `rights` mean there, as far as this version knows it.
    pub(super) fn grant(&mut self, descriptor: u32, rights: Rights) {
        let access = rights.granted().fold(0, |access, row| access | row.landlock) & self.files;
        self.beneath.push((descriptor, access));
    }
}

impl fmt::Display for Landlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files == 0 {
            return writeln!(f, "  not in this kernel");
        }
        writeln!(f, "  denied: {}", names(self.files))?;
        if self.network != 0 {
            writeln!(f, "  denied: TCP bind and connect")?;
        }
        if self.scoped != 0 {
            writeln!(f, "  scoped: abstract unix sockets, signals")?;
        }
        for (descriptor, access) in &self.beneath {
            writeln!(f, "  beneath {descriptor}: {}", names(*access))?;
        }
        Ok(())
    }
}

fn names(access: u64) -> String {
    let names: Vec<_> =
        FILES.iter().enumerate().filter(|(bit, _)| access & (1 << bit) != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}
