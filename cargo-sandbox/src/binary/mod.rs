//! A binary: which system it is for, and the policies that stand in it.

mod locate;
mod select;

use std::fs;
use std::path::{Path, PathBuf};

use object::LittleEndian;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use sandbox_policy::linux::Arch;
use sandbox_policy::note::{self, EmbeddedPolicy};

use crate::cli::System;
use crate::failure::{Failure, Result};

pub(crate) use locate::{built, metadata};
pub(crate) use select::named;

/// What was read of a binary.
#[derive(Debug)]
pub(crate) struct Binary {
    /// How it was called.
    pub(crate) path: PathBuf,
    /// The system it is for.
    pub(crate) system: System,
    /// The architecture it is for.
    pub(crate) arch: Arch,
    /// Its policies, in the order of their modules and lines.
    pub(crate) policies: Vec<EmbeddedPolicy>,
}

impl Binary {
    /// Reads a binary that may have no policy.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let cannot = |error: std::io::Error| Failure::new(format!("cannot read `{}`: {error}", path.display()));
        let about = fs::metadata(path).map_err(cannot)?;
        if !about.is_file() {
            return Err(Failure::new(format!("`{}` is not a file", path.display()))
                .help("name a binary, like `target/debug/NAME`"));
        }
        Self::read(path, &fs::read(path).map_err(cannot)?)
    }

    /// Reads a binary that must have one.
    pub(crate) fn confined(path: &Path) -> Result<Self> {
        let binary = Self::open(path)?;
        if binary.policies.is_empty() {
            return Err(Failure::new(format!("nothing in `{}` is confined: it holds no policy", path.display())).help(
                "write `#[sandboxed(…)]` above a function, or `enter!(…)` in one; what `Sandbox` does is not seen",
            ));
        }
        Ok(binary)
    }

    /// Reads a binary's bytes, which anyone may have made.
    pub(crate) fn read(path: &Path, bytes: &[u8]) -> Result<Self> {
        let shown = path.display();
        let damaged = |error: object::Error| Failure::new(format!("`{shown}` is a damaged binary: {error}"));
        if !bytes.starts_with(&elf::ELFMAG) {
            return Err(Failure::new(format!("`{shown}` is no ELF binary"))
                .help("policies stand in binaries of Linux and FreeBSD"));
        }
        let unknown = |what: &str| {
            Failure::new(format!("`{shown}` is a binary for {what}"))
                .help("the sandbox knows x86_64, aarch64 and riscv64, 64 bits and little-endian")
        };
        if bytes.get(4) != Some(&elf::ELFCLASS64.0) || bytes.get(5) != Some(&elf::ELFDATA2LSB.0) {
            return Err(unknown("32 bits, or for big-endian machines"));
        }
        let header = FileHeader64::<LittleEndian>::parse(bytes).map_err(damaged)?;
        let machine = header.e_machine(LittleEndian);
        let arch = match machine {
            elf::EM_X86_64 => Arch::X86_64,
            elf::EM_AARCH64 => Arch::Aarch64,
            elf::EM_RISCV => Arch::Riscv64,
            other => return Err(unknown(&format!("a machine of type {other}"))),
        };
        let mut freebsd = header.e_ident().os_abi == elf::ELFOSABI_FREEBSD;
        let mut policies = Vec::new();
        for segment in header.program_headers(LittleEndian, bytes).map_err(damaged)? {
            if segment.p_type(LittleEndian) != elf::PT_NOTE {
                continue;
            }
            let notes = segment
                .data(LittleEndian, bytes)
                .map_err(|()| Failure::new(format!("`{shown}` is a damaged binary: its notes lie outside of it")))?;
            freebsd |= notes.windows(8).any(|window| window == b"FreeBSD\0");
            for policy in note::read(notes) {
                policies.push(policy.map_err(|error| Failure::new(format!("`{shown}`: {error}")))?);
            }
        }
        policies.sort_by(|a, b| (&a.module, a.line, &a.policy.name).cmp(&(&b.module, b.line, &b.policy.name)));
        let system = if freebsd { System::Freebsd } else { System::Linux };
        Ok(Self { path: path.to_owned(), system, arch, policies })
    }
}
