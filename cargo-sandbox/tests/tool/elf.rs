//! Binaries of any system and architecture that consist of notes alone.

use std::path::PathBuf;

use tempfile::TempDir;

pub(crate) const X86_64: u16 = 62;
pub(crate) const AARCH64: u16 = 183;
pub(crate) const LINUX: u8 = 0;
pub(crate) const FREEBSD: u8 = 9;

const HEADER: usize = 64;
const SEGMENT: usize = 56;

/// The bytes of a binary (elf(5)).
pub(crate) fn bytes(system: u8, machine: u16, notes: &[&[u8]]) -> Vec<u8> {
    let content = notes.concat();
    let start = HEADER + SEGMENT;
    let mut elf = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, system];
    elf.resize(16, 0);
    let long = |number: usize| (number as u64).to_le_bytes();
    elf.extend(3_u16.to_le_bytes());
    elf.extend(machine.to_le_bytes());
    elf.extend(1_u32.to_le_bytes());
    elf.extend([long(0), long(HEADER), long(0)].concat());
    elf.extend(0_u32.to_le_bytes());
    for half in [HEADER, SEGMENT, 1, 0, 0, 0] {
        elf.extend(u16::try_from(half).expect("small").to_le_bytes());
    }
    // PT_NOTE, readable.
    elf.extend(4_u32.to_le_bytes());
    elf.extend(4_u32.to_le_bytes());
    elf.extend([long(start), long(start), long(start), long(content.len()), long(content.len()), long(8)].concat());
    elf.extend(content);
    elf
}

/// A binary in a folder of its own.
pub(crate) struct File {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl File {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("program");
        std::fs::write(&path, bytes).expect("a file");
        Self { _folder: folder, path }
    }
}
