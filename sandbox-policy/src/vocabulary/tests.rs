//! Invariants of the table.

use super::*;

#[test]
fn names_are_unique_and_lower_case() {
    let mut seen = std::collections::BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row.name), "`{}` stands twice", row.name);
        assert!(row.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "`{}`", row.name);
    }
}

#[test]
fn every_primitive_right_has_a_row() {
    let all = rows().fold(Rights::NONE, |all, row| all.union(row.rights));
    for bit in 0..128 - all.bits().leading_zeros() {
        assert!(all.contains(Rights::from_bits(1 << bit)), "bit {bit} belongs to no right");
    }
}

#[test]
fn every_right_of_freebsd_is_there() {
    // rights(4) and sys/capsicum.h of FreeBSD 15, without the retired and unused constants.
    const CONSTANTS: &str = "ACCEPT ACL_CHECK ACL_DELETE ACL_GET ACL_SET BIND BINDAT CHFLAGSAT CONNECT CONNECTAT \
        CREATE EVENT EXTATTR_DELETE EXTATTR_GET EXTATTR_LIST EXTATTR_SET FCHDIR FCHFLAGS FCHMOD FCHMODAT FCHOWN \
        FCHOWNAT FCHROOT FCNTL FEXECVE FLOCK FPATHCONF FSCK FSTAT FSTATAT FSTATFS FSYNC FTRUNCATE FUTIMES FUTIMESAT \
        GETPEERNAME GETSOCKNAME GETSOCKOPT INOTIFY_ADD INOTIFY_RM IOCTL KQUEUE KQUEUE_CHANGE KQUEUE_EVENT \
        LINKAT_SOURCE LINKAT_TARGET LISTEN LOOKUP MAC_GET MAC_SET MKDIRAT MKFIFOAT MKNODAT MMAP MMAP_R MMAP_RW \
        MMAP_RWX MMAP_RX MMAP_W MMAP_WX MMAP_X PDGETPID PDKILL PDWAIT PEELOFF POLL_EVENT PREAD PWRITE READ RECV \
        RENAMEAT_SOURCE RENAMEAT_TARGET SEEK SEEK_TELL SEM_GETVALUE SEM_POST SEM_WAIT SEND SETSOCKOPT SHUTDOWN \
        SOCK_CLIENT SOCK_SERVER SYMLINKAT TTYHOOK UNLINKAT WRITE";
    for constant in CONSTANTS.split_whitespace() {
        let name = constant.to_lowercase();
        let row = find(&name).unwrap_or_else(|| panic!("no row for CAP_{constant}"));
        assert_eq!(row.freebsd, Some(format!("CAP_{constant}").as_str()));
    }
    let constants = rows().filter(|row| row.freebsd.is_some()).count();
    assert_eq!(constants, CONSTANTS.split_whitespace().count());
}

#[test]
fn what_linux_cannot_enforce_permits_no_call() {
    for row in rows() {
        if let Enforcement::Refused(reason) = row.on_linux {
            assert!(row.linux.is_empty() && row.landlock == 0, "`{}`: {reason}", row.name);
        }
    }
}

#[test]
fn rights_are_said_with_the_fewest_words() {
    let said = |names: &[&str]| crate::check::union(names.iter().copied()).to_string();
    assert_eq!(said(&["write", "seek"]), "write + seek");
    assert_eq!(said(&["pread"]), "read + seek");
    assert_eq!(said(&["recv", "send"]), "read + write");
    assert_eq!(said(&["seek_tell"]), "seek_tell");
    assert_eq!(said(&["mmap_x"]), "mmap_x");
    assert_eq!(said(&["kqueue"]), "kqueue_event + kqueue_change");
    assert_eq!(said(&[]), "none");
}

#[test]
fn what_is_said_means_the_set() {
    for row in rows() {
        assert_eq!(crate::check::union(row.rights.names()), row.rights, "`{}` is said as {}", row.name, row.rights);
    }
}
