//! What may be done beneath a directory.

use super::Enforcement::{Narrower, Refused, Weaker};
use super::{Enforcement, Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::When::{Masked, OneOf, Only};
use crate::linux::rule::{CallRule, on};

// LANDLOCK_ACCESS_FS_* (linux/landlock.h).
pub(super) const WRITE_FILE: u64 = 1 << 1;
pub(super) const READ_FILE: u64 = 1 << 2;
pub(super) const READ_DIR: u64 = 1 << 3;
const REMOVE_DIR: u64 = 1 << 4;
const REMOVE_FILE: u64 = 1 << 5;
const MAKE_DIR: u64 = 1 << 7;
const MAKE_REG: u64 = 1 << 8;
const MAKE_SOCK: u64 = 1 << 9;
const MAKE_FIFO: u64 = 1 << 10;
const MAKE_SYM: u64 = 1 << 12;
const REFER: u64 = 1 << 13;
pub(super) const TRUNCATE: u64 = 1 << 14;
/// What a rename may place in a directory.
const MAKE_ANY: u64 = MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM;

/// `S_IFMT` and `S_IFIFO` (inode(7)).
const FILE_TYPE: u32 = 0xf000;
const FIFO: u32 = 0x1000;
/// `AT_REMOVEDIR` (unlinkat(2)).
const REMOVEDIR: u32 = 0x200;

const PATH_UNSEEN: Enforcement =
    Narrower("the call by path is refused, because Landlock does not confine it; open first, then use the descriptor");
const ALL_PATHS: Enforcement =
    Weaker("enforced by Landlock for the directory, whichever directory's descriptor the call names");

const RENAME_SOURCE: &[CallRule] = &[
    on(Call::renameat, 0).peer(2, Rights::RENAMEAT_TARGET),
    // RENAME_NOREPLACE at most: RENAME_EXCHANGE and RENAME_WHITEOUT do more.
    on(Call::renameat2, 0).peer(2, Rights::RENAMEAT_TARGET).when(&[OneOf(4, &[0, 1])]),
];

const fn row(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    Row::new(name, rights, meaning).freebsd(constant).kinds(Kinds::DIRECTORIES)
}

const fn beneath(name: &'static str, right: Rights, meaning: &'static str, constant: &'static str) -> Row {
    row(name, right, meaning, constant).needs(Rights::LOOKUP).on_linux(ALL_PATHS)
}

pub(super) const ROWS: &[Row] = &[
    // openat is made by the lowering: its flags depend on all the rights of the directory.
    row("lookup", Rights::LOOKUP, "use it as the directory from which paths start", "CAP_LOOKUP").on_linux(Weaker(
        "enforced by Landlock; that a path exists outside can be told from the errno (EACCES or ENOENT)",
    )),
    beneath("create", Rights::CREATE, "create files beneath it", "CAP_CREATE").landlock(MAKE_REG),
    beneath("mkdirat", Rights::MKDIRAT, "make directories beneath it", "CAP_MKDIRAT")
        .linux(&[on(Call::mkdirat, 0)])
        .landlock(MAKE_DIR),
    beneath("mkfifoat", Rights::MKFIFOAT, "make FIFOs beneath it", "CAP_MKFIFOAT")
        .linux(&[on(Call::mknodat, 0).when(&[Masked(2, FILE_TYPE, FIFO)])])
        .landlock(MAKE_FIFO),
    beneath("mknodat", Rights::MKNODAT, "make device nodes beneath it", "CAP_MKNODAT")
        .on_linux(Refused("device nodes need a capability, and capabilities are dropped")),
    beneath("symlinkat", Rights::SYMLINKAT, "make symbolic links beneath it", "CAP_SYMLINKAT")
        .linux(&[on(Call::symlinkat, 1)])
        .landlock(MAKE_SYM),
    beneath("unlinkat", Rights::UNLINKAT, "remove files and directories beneath it", "CAP_UNLINKAT")
        .linux(&[on(Call::unlinkat, 0).when(&[Only(2, REMOVEDIR)])])
        .landlock(REMOVE_FILE | REMOVE_DIR),
    beneath("renameat_source", Rights::RENAMEAT_SOURCE, "rename what lies beneath it", "CAP_RENAMEAT_SOURCE")
        .linux(RENAME_SOURCE)
        .landlock(REMOVE_FILE | REMOVE_DIR | REFER),
    beneath(
        "renameat_target",
        Rights::RENAMEAT_TARGET,
        "rename to beneath it; over an existing name with `unlinkat` as well",
        "CAP_RENAMEAT_TARGET",
    )
    .landlock(MAKE_ANY | REFER),
    beneath("linkat_source", Rights::LINKAT_SOURCE, "give what lies beneath it another name", "CAP_LINKAT_SOURCE")
        .linux(&[on(Call::linkat, 0).peer(2, Rights::LINKAT_TARGET).when(&[Only(4, 0)])])
        .landlock(REFER),
    beneath("linkat_target", Rights::LINKAT_TARGET, "place another name beneath it", "CAP_LINKAT_TARGET")
        .landlock(MAKE_REG | REFER),
    row("chflagsat", Rights::LOOKUP.union(Rights::FCHFLAGS), "`lookup + fchflags`", "CAP_CHFLAGSAT")
        .on_linux(Refused("the flags of the systems differ")),
    row("fchmodat", Rights::LOOKUP.union(Rights::FCHMOD), "`lookup + fchmod`", "CAP_FCHMODAT").on_linux(PATH_UNSEEN),
    row("fchownat", Rights::LOOKUP.union(Rights::FCHOWN), "`lookup + fchown`", "CAP_FCHOWNAT").on_linux(PATH_UNSEEN),
    row("fstatat", Rights::LOOKUP.union(Rights::FSTAT), "`lookup + fstat`", "CAP_FSTATAT").on_linux(PATH_UNSEEN),
    row("futimesat", Rights::LOOKUP.union(Rights::FUTIMES), "`lookup + futimes`", "CAP_FUTIMESAT")
        .on_linux(PATH_UNSEEN),
    row("bindat", Rights::BINDAT, "bind a unix socket beneath it", "CAP_BINDAT")
        .needs(Rights::LOOKUP)
        .on_linux(Refused("Linux has no such call; bind before entry")),
    row("connectat", Rights::CONNECTAT, "connect to a unix socket beneath it", "CAP_CONNECTAT")
        .needs(Rights::LOOKUP)
        .on_linux(Refused("Linux has no such call; connect before entry")),
    row("fchdir", Rights::FCHDIR, "make it the working directory", "CAP_FCHDIR")
        .on_linux(Refused("a confined program has no paths for which it would matter"))
        .on_freebsd(Refused("the call is not available in capability mode")),
    row("fchroot", Rights::FCHROOT, "make it the root directory", "CAP_FCHROOT")
        .since("15.0")
        .on_linux(Refused("Linux has no such call"))
        .on_freebsd(Refused("the call is not available in capability mode")),
    row("inotify_add", Rights::INOTIFY_ADD, "watch what lies beneath it", "CAP_INOTIFY_ADD")
        .kinds(Kinds::OTHER)
        .since("15.0")
        .on_linux(Refused("inotify_add_watch takes a path that Landlock does not confine; add watches before entry")),
];
