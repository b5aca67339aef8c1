//! What a call needs: the fewest rights that permit it.

use sandbox_policy::linux::base::{BASE, Need as When, SURVIVED};
use sandbox_policy::linux::{Call, Names, listed_fcntl};
use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_policy::{Fcntls, Rights};

/// What must be declared on what the call was made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Rights(Rights),
    Ioctl(u32),
    Fcntl(Fcntls),
    /// Nothing on a descriptor: `allow(threads)`.
    Threads,
    /// It is in the base set, or std and libc go on without it.
    Nothing,
    /// No declaration allows it.
    Never,
}

// open(2) flags that are the same on x86, Arm and RISC-V.
const ACCESS: u64 = 0o3;
const READ_ONLY: u64 = 0;
const READ_WRITE: u64 = 2;
const CREATE: u64 = 0o100;
const TRUNCATE: u64 = 0o1000;

/// The rights on a file that is opened with these flags.
pub(super) fn opened(flags: u64) -> Rights {
    match flags & ACCESS {
        READ_ONLY => Rights::READ,
        READ_WRITE => Rights::READ.union(Rights::WRITE),
        _ => Rights::WRITE,
    }
}

/// The flags of a call that opens.
pub(super) fn flags(call: Call, arguments: &[u64; 6]) -> Option<u64> {
    match call {
        Call::open => Some(arguments[1]),
        Call::openat => Some(arguments[2]),
        Call::creat => Some(1 | CREATE | TRUNCATE),
        _ => None,
    }
}

/// What a call on a descriptor needs.
pub(super) fn on_descriptor(call: Call, arguments: &[u64; 6], process: u32) -> Need {
    if let (Call::openat, Some(flags)) = (call, flags(call, arguments)) {
        let mut rights = Rights::LOOKUP.union(opened(flags));
        for (bit, right) in [(CREATE, Rights::CREATE), (TRUNCATE, Rights::FTRUNCATE)] {
            if flags & bit != 0 {
                rights = rights.union(right);
            }
        }
        return Need::Rights(rights);
    }
    if matches!(call, Call::poll | Call::ppoll | Call::select | Call::pselect6) {
        return Need::Rights(Rights::EVENT);
    }
    #[allow(clippy::cast_possible_truncation, reason = "the kernel looks at the low half of commands and requests")]
    let command = arguments[1] as u32;
    if call == Call::fcntl
        && let Some(listed) = listed_fcntl(command)
    {
        return Need::Fcntl(listed);
    }
    let destination = matches!(call.names(), Names::TwoDescriptors(..)) && arguments[0] == 1;
    let enforceable =
        vocabulary::rows().filter(|row| row.is_spoken() && !matches!(row.on_linux, Enforcement::Refused(_)));
    let permitting = enforceable
        .flat_map(|row| row.linux.iter().map(move |rule| (row, rule)))
        .filter(|(_, rule)| rule.call == call && rule.when.iter().all(|when| when.holds(arguments, process)));
    let needed = permitting.filter_map(|(row, rule)| match (destination, rule.peer) {
        (false, _) => Some(row.rights.union(row.needs)),
        (true, Some((_, rights))) => Some(rights),
        (true, None) => None,
    });
    match needed.min_by_key(|rights| rights.bits().count_ones()) {
        Some(rights) => Need::Rights(rights),
        None if call == Call::ioctl => Need::Ioctl(command),
        None => without_descriptor(call, arguments, process),
    }
}

/// What a call needs that is about no descriptor.
pub(super) fn without_descriptor(call: Call, arguments: &[u64; 6], process: u32) -> Need {
    let based =
        BASE.iter().find(|entry| entry.call == call && entry.when.iter().all(|when| when.holds(arguments, process)));
    match based.map(|entry| entry.need) {
        // Only starting one says that they are needed.
        Some(When::Threads) if call == Call::clone => Need::Threads,
        Some(When::Threads | When::Always) => Need::Nothing,
        None if SURVIVED.iter().any(|(known, _)| *known == call) => Need::Nothing,
        None => Need::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(call: Call, arguments: [u64; 6]) -> Need {
        on_descriptor(call, &arguments, 7)
    }

    #[test]
    fn the_fewest_rights_are_found() {
        assert_eq!(need(Call::read, [0; 6]), Need::Rights(Rights::READ));
        assert_eq!(need(Call::pread64, [0; 6]), Need::Rights(Rights::PREAD));
        assert_eq!(need(Call::lseek, [0, 0, 1, 0, 0, 0]), Need::Rights(Rights::SEEK_TELL));
        assert_eq!(need(Call::lseek, [0, 0, 0, 0, 0, 0]), Need::Rights(Rights::SEEK));
        assert_eq!(need(Call::ioctl, [0, 0x5401, 0, 0, 0, 0]), Need::Rights(Rights::ISATTY));
        assert_eq!(need(Call::ioctl, [0, 0x1234, 0, 0, 0, 0]), Need::Ioctl(0x1234));
        assert_eq!(need(Call::fcntl, [0, 4, 0x800, 0, 0, 0]), Need::Fcntl(Fcntls::SETFL));
        assert_eq!(need(Call::fcntl, [0, 1030, 0, 0, 0, 0]), Need::Rights(Rights::DUP));
        assert_eq!(need(Call::sendfile, [0; 6]), Need::Rights(Rights::READ));
        assert_eq!(need(Call::sendfile, [1, 0, 0, 0, 0, 0]), Need::Rights(Rights::WRITE));
        let create = 0o1 | 0o100 | 0o1000;
        let all = Rights::LOOKUP.union(Rights::WRITE).union(Rights::CREATE).union(Rights::FTRUNCATE);
        assert_eq!(need(Call::openat, [0, 0, create, 0, 0, 0]), Need::Rights(all));
        assert_eq!(need(Call::poll, [0; 6]), Need::Rights(Rights::EVENT));
        // What a mapping made before entry is written down as: `mmap_w`, which entry asks for.
        let shared_write = Rights::MMAP.union(Rights::PWRITE);
        assert_eq!(need(Call::mmap, [0, 0, 2, 1, 0, 0]), Need::Rights(shared_write));
    }

    #[test]
    fn what_no_right_permits_is_told_apart() {
        let without = |call, arguments: [u64; 6]| without_descriptor(call, &arguments, 7);
        assert_eq!(need(Call::recvmsg, [0; 6]), Need::Never);
        assert_eq!(without(Call::execve, [0; 6]), Need::Never);
        assert_eq!(without(Call::clone, [0x3d_0f00, 0, 0, 0, 0, 0]), Need::Threads);
        assert_eq!(without(Call::clone, [17, 0, 0, 0, 0, 0]), Need::Never);
        assert_eq!(without(Call::rseq, [0; 6]), Need::Nothing);
        assert_eq!(without(Call::readlink, [0; 6]), Need::Nothing);
    }
}
