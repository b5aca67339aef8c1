//! Attributes of the file behind a descriptor, and locks on it.

use super::Enforcement::{Narrower, Refused, Weaker};
use super::{Enforcement, Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::When::{Is, OneOf, Only};
use crate::linux::rule::on;

/// `F_GETLK`, `F_SETLK`, `F_SETLKW`, `F_OFD_GETLK`, `F_OFD_SETLK`, `F_OFD_SETLKW` (fcntl.h).
const LOCK_COMMANDS: &[u32] = &[5, 6, 7, 36, 37, 38];

const XATTR: Enforcement =
    Weaker("the attribute's name is in memory: user attributes, ACLs and security labels cannot be told apart");
const ACL: Enforcement = Refused("ACLs are extended attributes on Linux, whose names a filter cannot see");
const SYSTEM_LABEL: Enforcement = Refused("labels are extended attributes on Linux, whose names a filter cannot see");

const fn row(name: &'static str, rights: Rights, meaning: &'static str, constant: &'static str) -> Row {
    Row::new(name, rights, meaning).freebsd(constant).kinds(Kinds::FILES.or(Kinds::DIRECTORY))
}

pub(super) const ROWS: &[Row] = &[
    row("fstat", Rights::FSTAT, "ask for its size, times, owner and mode", "CAP_FSTAT")
        .kinds(Kinds::ALL)
        .linux(&[on(Call::fstat, 0)])
        .on_linux(Narrower("stat by path is answered for the empty path only: through the descriptor")),
    row("fstatfs", Rights::FSTATFS, "ask about its file system", "CAP_FSTATFS").linux(&[on(Call::fstatfs, 0)]),
    row("fpathconf", Rights::FPATHCONF, "ask for limits of its file system", "CAP_FPATHCONF")
        .linux(&[on(Call::fstatfs, 0)])
        .on_linux(Weaker("libc asks the file system for all of its figures, as with `fstatfs`")),
    row("flock", Rights::FLOCK, "lock it and parts of it", "CAP_FLOCK")
        .linux(&[on(Call::flock, 0), on(Call::fcntl, 0).when(&[OneOf(1, LOCK_COMMANDS)])]),
    row("fcntl", Rights::FCNTL, "the listed fcntl(2) commands", "CAP_FCNTL")
        .kinds(Kinds::ALL)
        .on_linux(Narrower("`setfl` sets only non-blocking and append mode, and never ends append mode")),
    row("fchmod", Rights::FCHMOD, "change its mode", "CAP_FCHMOD").linux(&[on(Call::fchmod, 0)]),
    row("fchown", Rights::FCHOWN, "change its owner", "CAP_FCHOWN")
        .linux(&[on(Call::fchown, 0)])
        .on_linux(Narrower("capabilities are dropped: only what an ordinary owner may change")),
    row("fchflags", Rights::FCHFLAGS, "change its flags", "CAP_FCHFLAGS")
        .on_linux(Refused("the flags of the systems differ; declare `ioctl(…)` with FS_IOC_SETFLAGS")),
    row("futimes", Rights::FUTIMES, "set its times", "CAP_FUTIMES")
        .linux(&[on(Call::utimensat, 0).when(&[Is(1, 0), Only(3, 0)])]),
    row("extattr_get", Rights::EXTATTR_GET, "read its extended attributes", "CAP_EXTATTR_GET")
        .linux(&[on(Call::fgetxattr, 0)])
        .on_linux(XATTR),
    row("extattr_set", Rights::EXTATTR_SET, "set its extended attributes", "CAP_EXTATTR_SET")
        .linux(&[on(Call::fsetxattr, 0)])
        .on_linux(XATTR),
    row("extattr_list", Rights::EXTATTR_LIST, "list its extended attributes", "CAP_EXTATTR_LIST")
        .linux(&[on(Call::flistxattr, 0)]),
    row("extattr_delete", Rights::EXTATTR_DELETE, "remove its extended attributes", "CAP_EXTATTR_DELETE")
        .linux(&[on(Call::fremovexattr, 0)])
        .on_linux(XATTR),
    row("acl_check", Rights::ACL_CHECK, "check an ACL for it", "CAP_ACL_CHECK").on_linux(ACL),
    row("acl_delete", Rights::ACL_DELETE, "remove its ACL", "CAP_ACL_DELETE").on_linux(ACL),
    row("acl_get", Rights::ACL_GET, "read its ACL", "CAP_ACL_GET").on_linux(ACL),
    row("acl_set", Rights::ACL_SET, "set its ACL", "CAP_ACL_SET").on_linux(ACL),
    row("mac_get", Rights::MAC_GET, "read its security label", "CAP_MAC_GET").on_linux(SYSTEM_LABEL),
    row("mac_set", Rights::MAC_SET, "set its security label", "CAP_MAC_SET").on_linux(SYSTEM_LABEL),
    row("fsck", Rights::FSCK, "repair its file system", "CAP_FSCK")
        .on_linux(Refused("Linux has no such call"))
        .on_freebsd(Refused("the call is not available in capability mode")),
    row("fexecve", Rights::FEXECVE, "execute it", "CAP_FEXECVE")
        .on_linux(Refused("execveat takes a path in memory, which would run any program")),
];
