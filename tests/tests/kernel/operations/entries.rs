//! Making, removing, renaming and linking what lies beneath a directory.
//!
//! The second descriptors: `source` (`lookup + renameat_source + linkat_source`), `target` (`lookup + renameat_target +
//! linkat_target`) and `held`.

use libc::*;
use sandbox_rt::Rights;
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use super::paths::outside;
use crate::operation::Permitted::{Beneath, Never, With};
use crate::operation::{Operation, gives, op};

const fn beneath(right: Rights) -> Rights {
    Rights::LOOKUP.union(right)
}

const MKDIRAT: &[Rights] = &[beneath(Rights::MKDIRAT)];
const MKFIFOAT: &[Rights] = &[beneath(Rights::MKFIFOAT)];
const SYMLINKAT: &[Rights] = &[beneath(Rights::SYMLINKAT)];
const UNLINKAT: &[Rights] = &[beneath(Rights::UNLINKAT)];
const SOURCE: &[Rights] = &[beneath(Rights::RENAMEAT_SOURCE)];
const TARGET: &[Rights] = &[beneath(Rights::RENAMEAT_TARGET)];
const WITHIN: &[Rights] = &[beneath(Rights::RENAMEAT_SOURCE).union(Rights::RENAMEAT_TARGET)];
const LINK_SOURCE: &[Rights] = &[beneath(Rights::LINKAT_SOURCE)];
const LINK_TARGET: &[Rights] = &[beneath(Rights::LINKAT_TARGET)];
const LINK_WITHIN: &[Rights] = &[beneath(Rights::LINKAT_SOURCE).union(Rights::LINKAT_TARGET)];
/// What removes the file that a rename replaces.
const REPLACE: &[Rights] = &[Rights::UNLINKAT, Rights::RENAMEAT_SOURCE];

fn rename(from: (i32, &std::ffi::CStr), to: (i32, &std::ffi::CStr), flags: u32) -> Result<(), Errno> {
    gives(call(SYS_renameat2, args![from.0, from.1, to.0, to.1, flags]), 0)
}

fn link(from: (i32, &std::ffi::CStr), to: (i32, &std::ffi::CStr), flags: i32) -> Result<(), Errno> {
    gives(call(SYS_linkat, args![from.0, from.1, to.0, to.1, flags]), 0)
}

pub(crate) const MAKE: &[Operation] = &[
    op("mkdirat", With(MKDIRAT), |s| gives(call(SYS_mkdirat, args![s.fd(), c"made", 0o700]), 0)),
    op("mkdirat further down", With(MKDIRAT), |s| gives(call(SYS_mkdirat, args![s.fd(), c"sub/made", 0o700]), 0)),
    op("mkdirat outside", outside(MKDIRAT), |s| gives(call(SYS_mkdirat, args![s.fd(), c"../outside/made", 0o700]), 0)),
    op("mknodat of a FIFO", With(MKFIFOAT), |s| {
        gives(call(SYS_mknodat, args![s.fd(), c"fifo", S_IFIFO | 0o600, 0]), 0)
    }),
    op("mknodat of a FIFO outside", outside(MKFIFOAT), |s| {
        gives(call(SYS_mknodat, args![s.fd(), c"../outside/fifo", S_IFIFO | 0o600, 0]), 0)
    }),
    op("mknodat of a file", Never, |s| gives(call(SYS_mknodat, args![s.fd(), c"node", S_IFREG | 0o600, 0]), 0)),
    op("mknodat of a socket", Never, |s| gives(call(SYS_mknodat, args![s.fd(), c"socket", S_IFSOCK | 0o600, 0]), 0)),
    op("symlinkat", With(SYMLINKAT), |s| gives(call(SYS_symlinkat, args![c"anywhere", s.fd(), c"symlink"]), 0)),
    op("symlinkat outside", outside(SYMLINKAT), |s| {
        gives(call(SYS_symlinkat, args![c"anywhere", s.fd(), c"../outside/symlink"]), 0)
    }),
];

pub(crate) const REMOVE: &[Operation] = &[
    op("unlinkat", With(UNLINKAT), |s| gives(call(SYS_unlinkat, args![s.fd(), c"removed", 0]), 0)),
    op("unlinkat further down", With(UNLINKAT), |s| gives(call(SYS_unlinkat, args![s.fd(), c"sub/removed", 0]), 0)),
    op("unlinkat of a directory", With(UNLINKAT), |s| {
        gives(call(SYS_unlinkat, args![s.fd(), c"empty", AT_REMOVEDIR]), 0)
    }),
    op("unlinkat outside", outside(UNLINKAT), |s| {
        gives(call(SYS_unlinkat, args![s.fd(), c"../outside/removed", 0]), 0)
    }),
];

pub(crate) const RENAME: &[Operation] = &[
    op("renameat2 within it", With(WITHIN), |s| rename((s.fd(), c"old1"), (s.fd(), c"name1"), 0)),
    #[cfg(target_arch = "x86_64")]
    op("renameat within it", With(WITHIN), |s| gives(call(SYS_renameat, args![s.fd(), c"old2", s.fd(), c"name2"]), 0)),
    op("renameat2 with RENAME_NOREPLACE", With(WITHIN), |s| {
        rename((s.fd(), c"old3"), (s.fd(), c"name3"), RENAME_NOREPLACE)
    }),
    op("renameat2 to a directory further down", With(WITHIN), |s| rename((s.fd(), c"old4"), (s.fd(), c"sub/name4"), 0)),
    op("renameat2 of a directory", With(WITHIN), |s| rename((s.fd(), c"olddir"), (s.fd(), c"namedir"), 0)),
    op("renameat2 over another file", With(WITHIN), |s| rename((s.fd(), c"old5"), (s.fd(), c"replaced"), 0)),
    op("renameat2 with RENAME_EXCHANGE", Never, |s| rename((s.fd(), c"file"), (s.fd(), c"exchanged"), RENAME_EXCHANGE)),
    op("renameat2 from it", With(SOURCE), |s| rename((s.fd(), c"old6"), (s.partner("target"), c"name6"), 0)),
    op("renameat2 to it", With(TARGET), |s| rename((s.partner("source"), c"old7"), (s.fd(), c"name7"), 0)),
    op("renameat2 to it, over another file", Beneath(TARGET, REPLACE, Errno::EACCES), |s| {
        rename((s.partner("source"), c"old8"), (s.fd(), c"replaced"), 0)
    }),
    op("renameat2 from it to a held one", Never, |s| rename((s.fd(), c"old9"), (s.partner("held"), c"name9"), 0)),
    op("renameat2 from a held one", Never, |s| rename((s.partner("held"), c"old1"), (s.fd(), c"name10"), 0)),
    op("renameat2 to the outside", outside(WITHIN), |s| rename((s.fd(), c"file"), (s.fd(), c"../outside/name"), 0)),
    op("renameat2 from the outside", outside(WITHIN), |s| rename((s.fd(), c"../outside/old"), (s.fd(), c"name11"), 0)),
];

pub(crate) const LINK: &[Operation] = &[
    op("linkat within it", With(LINK_WITHIN), |s| link((s.fd(), c"linked"), (s.fd(), c"hard1"), 0)),
    op("linkat from it", With(LINK_SOURCE), |s| link((s.fd(), c"linked"), (s.partner("target"), c"hard2"), 0)),
    op("linkat to it", With(LINK_TARGET), |s| link((s.partner("source"), c"linked"), (s.fd(), c"hard3"), 0)),
    op("linkat that follows symbolic links", Never, |s| link((s.fd(), c"link"), (s.fd(), c"hard4"), AT_SYMLINK_FOLLOW)),
    op("linkat from it to a held one", Never, |s| link((s.fd(), c"linked"), (s.partner("held"), c"hard5"), 0)),
    // Landlock's answer where the source does not permit its files to be linked elsewhere at all.
    op("linkat from the outside", Beneath(LINK_WITHIN, &[], Errno::EXDEV), |s| {
        link((s.fd(), c"../outside/file"), (s.fd(), c"hard6"), 0)
    }),
    op("linkat to the outside", outside(LINK_WITHIN), |s| link((s.fd(), c"linked"), (s.fd(), c"../outside/hard"), 0)),
];
