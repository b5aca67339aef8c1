//! Rights as FreeBSD numbers them (sys/capsicum.h), so that what contains what is not our own invention.

use std::ops::BitOr;

/// A set of rights: the first index of `cap_rights_t` in the low half, the second in the high one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Set(u128);

const fn first(bits: u64) -> Set {
    Set(bits as u128)
}

const fn second(bits: u64) -> Set {
    Set((bits as u128) << 64)
}

/// What has no number on FreeBSD: the portable names.
const fn portable(bit: u32) -> Set {
    Set(1 << (64 + 57 + bit))
}

/// CAP_BIND, CAP_CONNECT and CAP_PEELOFF, which the composites contain and no system grants in a sandbox.
const NOBODYS: u64 = 0x4000_0000 | 0x8000_0000 | 0x10_0000_0000;

macro_rules! rights {
    ($($constant:ident $name:literal $set:expr;)*) => {
        impl Set {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Self = $set;)*
        }

        /// Every name that may stand in a declaration, and what it consists of.
        pub const NAMES: &[(&str, Set)] = &[$(($name, Set::$constant)),*];
    };
}

rights! {
    READ "read" first(0x1);
    WRITE "write" first(0x2);
    SEEK_TELL "seek_tell" first(0x4);
    SEEK "seek" first(0xc);
    PREAD "pread" first(0xd);
    PWRITE "pwrite" first(0xe);
    MMAP "mmap" first(0x10);
    MMAP_R "mmap_r" first(0x1d);
    MMAP_W "mmap_w" first(0x1e);
    MMAP_X "mmap_x" first(0x3c);
    MMAP_RW "mmap_rw" first(0x1f);
    MMAP_RX "mmap_rx" first(0x3d);
    MMAP_WX "mmap_wx" first(0x3e);
    MMAP_RWX "mmap_rwx" first(0x3f);
    CREATE "create" first(0x40);
    FEXECVE "fexecve" first(0x80);
    FSYNC "fsync" first(0x100);
    FTRUNCATE "ftruncate" first(0x200);
    LOOKUP "lookup" first(0x400);
    FCHDIR "fchdir" first(0x800);
    FCHFLAGS "fchflags" first(0x1000);
    CHFLAGSAT "chflagsat" first(0x1400);
    FCHMOD "fchmod" first(0x2000);
    FCHMODAT "fchmodat" first(0x2400);
    FCHOWN "fchown" first(0x4000);
    FCHOWNAT "fchownat" first(0x4400);
    FCNTL "fcntl" first(0x8000);
    FLOCK "flock" first(0x1_0000);
    FPATHCONF "fpathconf" first(0x2_0000);
    FSCK "fsck" first(0x4_0000);
    FSTAT "fstat" first(0x8_0000);
    FSTATAT "fstatat" first(0x8_0400);
    FSTATFS "fstatfs" first(0x10_0000);
    FUTIMES "futimes" first(0x20_0000);
    FUTIMESAT "futimesat" first(0x20_0400);
    LINKAT_TARGET "linkat_target" first(0x40_0400);
    MKDIRAT "mkdirat" first(0x80_0400);
    MKFIFOAT "mkfifoat" first(0x100_0400);
    MKNODAT "mknodat" first(0x200_0400);
    RENAMEAT_SOURCE "renameat_source" first(0x400_0400);
    SYMLINKAT "symlinkat" first(0x800_0400);
    UNLINKAT "unlinkat" first(0x1000_0400);
    ACCEPT "accept" first(0x2000_0000);
    BIND "bind" first(0x4000_0000);
    CONNECT "connect" first(0x8000_0000);
    GETPEERNAME "getpeername" first(0x1_0000_0000);
    GETSOCKNAME "getsockname" first(0x2_0000_0000);
    GETSOCKOPT "getsockopt" first(0x4_0000_0000);
    LISTEN "listen" first(0x8_0000_0000);
    PEELOFF "peeloff" first(0x10_0000_0000);
    RECV "recv" first(0x1);
    SEND "send" first(0x2);
    SETSOCKOPT "setsockopt" first(0x20_0000_0000);
    SHUTDOWN "shutdown" first(0x40_0000_0000);
    BINDAT "bindat" first(0x80_0000_0400);
    CONNECTAT "connectat" first(0x100_0000_0400);
    LINKAT_SOURCE "linkat_source" first(0x200_0000_0400);
    RENAMEAT_TARGET "renameat_target" first(0x400_0000_0400);
    FCHROOT "fchroot" first(0x800_0000_0000);
    SOCK_CLIENT "sock_client" first(0x77_8000_0003 & !NOBODYS);
    SOCK_SERVER "sock_server" first(0x7f_6000_0003 & !NOBODYS);
    MAC_GET "mac_get" second(0x1);
    MAC_SET "mac_set" second(0x2);
    SEM_GETVALUE "sem_getvalue" second(0x4);
    SEM_POST "sem_post" second(0x8);
    SEM_WAIT "sem_wait" second(0x10);
    EVENT "event" second(0x20);
    POLL_EVENT "poll_event" second(0x20);
    KQUEUE_EVENT "kqueue_event" second(0x40);
    IOCTL "ioctl" second(0x80);
    TTYHOOK "ttyhook" second(0x100);
    PDGETPID "pdgetpid" second(0x200);
    PDWAIT "pdwait" second(0x400);
    PDKILL "pdkill" second(0x800);
    EXTATTR_DELETE "extattr_delete" second(0x1000);
    EXTATTR_GET "extattr_get" second(0x2000);
    EXTATTR_LIST "extattr_list" second(0x4000);
    EXTATTR_SET "extattr_set" second(0x8000);
    ACL_CHECK "acl_check" second(0x1_0000);
    ACL_DELETE "acl_delete" second(0x2_0000);
    ACL_GET "acl_get" second(0x4_0000);
    ACL_SET "acl_set" second(0x8_0000);
    KQUEUE_CHANGE "kqueue_change" second(0x10_0000);
    KQUEUE "kqueue" second(0x10_0040);
    INOTIFY_ADD "inotify_add" second(0x20_0000);
    INOTIFY_RM "inotify_rm" second(0x40_0000);
    ISATTY "isatty" portable(0);
    WINSIZE "winsize" portable(1);
    NONBLOCKING "nonblocking" portable(2);
    DUP "dup" portable(3);
}

/// What Linux cannot enforce, and therefore refuses to declare: execution, device nodes, what only a path or a name in
/// memory would say, signals to other processes, and what Linux does not have.
pub const REFUSED: &[&str] = &[
    "mmap_x",
    "mmap_rx",
    "mmap_wx",
    "mmap_rwx",
    "fexecve",
    "fchdir",
    "fchflags",
    "chflagsat",
    "fsck",
    "mknodat",
    "bindat",
    "connectat",
    "fchroot",
    "mac_get",
    "mac_set",
    "sem_getvalue",
    "sem_post",
    "sem_wait",
    "ttyhook",
    "pdgetpid",
    "pdkill",
    "acl_check",
    "acl_delete",
    "acl_get",
    "acl_set",
    "bind",
    "connect",
    "peeloff",
    "inotify_add",
];

impl Set {
    /// No right.
    pub const NONE: Self = Self(0);

    /// Whether every right of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the sets have a right in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Set {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The right with this name.
#[must_use]
pub fn named(name: &str) -> Option<Set> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, set)| *set)
}
