//! Mapping a file into memory.

use super::Enforcement::{Refused, Weaker};
use super::{Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::CallRule;
use crate::linux::rule::When::{Masked, Only};
use crate::linux::rule::on;

/// `MAP_TYPE | MAP_ANONYMOUS`: what kind of mapping it is (the same bits on x86, Arm and RISC-V).
const KIND: u32 = 0x2f;
const PRIVATE: u32 = 2;
const SHARED: u32 = 1;
const SHARED_VALIDATE: u32 = 3;
/// `PROT_READ | PROT_WRITE`.
const READ_WRITE: u32 = 3;

const R: Rights = Rights::MMAP.union(Rights::PREAD);
const W: Rights = Rights::MMAP.union(Rights::PWRITE);
const X: Rights = Rights::MMAP.union(Rights::SEEK).union(Rights::MMAP_EXEC);

const EXECUTABLE: super::Enforcement = Refused("code in a mapping cannot be tied to the descriptor it came from");

const NONE: &[CallRule] = &[on(Call::mmap, 4).when(&[Only(2, 0), Masked(3, KIND, PRIVATE)])];
const READ: &[CallRule] = &[on(Call::mmap, 4).when(&[Only(2, READ_WRITE), Masked(3, KIND, PRIVATE)])];
const WRITE: &[CallRule] = &[
    on(Call::mmap, 4).when(&[Only(2, READ_WRITE), Masked(3, KIND, SHARED)]),
    on(Call::mmap, 4).when(&[Only(2, READ_WRITE), Masked(3, KIND, SHARED_VALIDATE)]),
];

const fn row(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    Row::new(name, rights, meaning).freebsd(constant).kinds(Kinds::FILES)
}

pub(super) const ROWS: &[Row] = &[
    row("mmap", Rights::MMAP, "map it without access", "CAP_MMAP")
        .linux(NONE)
        .on_linux(Weaker("mprotect is not tied to the mapping's descriptor: the private copy can be made readable")),
    row("mmap_r", R, "map it for reading", "CAP_MMAP_R")
        .reads()
        .linux(READ)
        .on_linux(Weaker("mappings are private; the private copy can also be written")),
    row("mmap_w", W, "map it for writing", "CAP_MMAP_W")
        .reads()
        .writes()
        .linux(WRITE)
        .on_linux(Weaker("a mapping for writing can also be read"))
        .on_freebsd(Weaker("a mapping for writing can also be read on most processors")),
    row("mmap_rw", R.union(W), "`mmap_r + mmap_w`", "CAP_MMAP_RW").reads().writes(),
    row("mmap_x", X, "map it for execution", "CAP_MMAP_X").on_linux(EXECUTABLE),
    row("mmap_rx", R.union(X), "`mmap_r + mmap_x`", "CAP_MMAP_RX").on_linux(EXECUTABLE),
    row("mmap_wx", W.union(X), "`mmap_w + mmap_x`", "CAP_MMAP_WX").on_linux(EXECUTABLE),
    row("mmap_rwx", R.union(W).union(X), "`mmap_r + mmap_w + mmap_x`", "CAP_MMAP_RWX").on_linux(EXECUTABLE),
];
