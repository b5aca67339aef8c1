//! The descriptor table: what is open.

use std::os::fd::RawFd;

use super::{sysctl, unverified};
use crate::Error;

/// The most bytes of one record (`struct kinfo_file`, sys/user.h); most are shorter, because paths are cut.
const RECORD: usize = 1392;
/// How often the table is read again because it did not fit.
const ATTEMPTS: usize = 8;

const LIST: &str = "sysctl(kern.proc.filedesc)";

/// Every open number, ascending.
///
/// # Errors
///
/// If the kernel does not list them, or not all.
pub(super) fn open() -> Result<Vec<RawFd>, Error> {
    let count = count()?;
    let mut numbers = match listed() {
        Ok(numbers) => numbers,
        // A hardened system shows no process's descriptors to ordinary users, not even their own
        // (security.bsd.unprivileged_proc_debug).
        Err(error) if error.raw_os_error() == Some(libc::EPERM) => found(count),
        Err(error) => return Err(error),
    };
    numbers.sort_unstable();
    if numbers.len() != count {
        return Err(unverified(format!("{} of {count} open descriptors are listed", numbers.len())));
    }
    Ok(numbers)
}

/// The numbers as the kernel lists them. It ends the list without a word where the buffer does, so that it is read with
/// room to spare.
fn listed() -> Result<Vec<RawFd>, Error> {
    let pid = libc::pid_t::try_from(std::process::id()).map_err(|_| Error::system(LIST, libc::ESRCH))?;
    let question = [libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_FILEDESC, pid];
    let mut room = sysctl::size(&question, LIST)? + 4 * RECORD;
    for _ in 0..ATTEMPTS {
        let mut buffer = vec![0; room];
        let length = sysctl::read(&question, &mut buffer, LIST)?;
        if room - length >= RECORD {
            return numbers(&buffer[..length]);
        }
        room *= 2;
    }
    Err(unverified("the list of open descriptors does not end"))
}

/// The numbers, asked for one by one until all that are open were found.
fn found(count: usize) -> Vec<RawFd> {
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    (0..RawFd::MAX).filter(|&number| unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0).take(count).collect()
}

/// The numbers in a list of packed records: each starts with its size, its type and its number. Negative ones are the
/// working directory, the program's text and the like.
fn numbers(mut records: &[u8]) -> Result<Vec<RawFd>, Error> {
    let field = |records: &[u8], at: usize| {
        records.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes)
    };
    let mut numbers = Vec::new();
    while !records.is_empty() {
        let size = field(records, 0).and_then(|size| usize::try_from(size).ok()).filter(|&size| size >= 12);
        let (Some(size), Some(number)) = (size, field(records, 8)) else {
            return Err(unverified("the list of open descriptors has a broken record"));
        };
        if number >= 0 {
            numbers.push(number);
        }
        records = records.get(size..).ok_or_else(|| unverified("the list of open descriptors is cut off"))?;
    }
    Ok(numbers)
}

/// How many descriptors are open (`kern.proc.nfds.0`: of this process).
fn count() -> Result<usize, Error> {
    const COUNT: &str = "sysctl(kern.proc.nfds)";
    let mut count = [0; 4];
    sysctl::read(&[libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_NFDS, 0], &mut count, COUNT)?;
    usize::try_from(i32::from_ne_bytes(count)).map_err(|_| Error::system(COUNT, libc::EINVAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(size: i32, number: i32) -> Vec<u8> {
        let mut record: Vec<u8> = [size, 1, number].into_iter().flat_map(i32::to_ne_bytes).collect();
        record.resize(usize::try_from(size).expect("a size"), 0);
        record
    }

    #[test]
    fn records_of_different_sizes_are_read() {
        let list = [record(40, -1), record(64, 0), record(16, 7), record(12, -5)].concat();
        assert_eq!(numbers(&list).expect("a list"), [0, 7]);
    }

    #[test]
    fn a_broken_list_is_an_error() {
        assert!(numbers(&record(40, 3)[..39]).is_err());
        assert!(numbers(&[0; 16]).is_err());
        assert!(numbers(&[9, 9]).is_err());
    }

    #[test]
    fn what_is_opened_is_listed() {
        let file = std::fs::File::open("/dev/null").expect("open /dev/null");
        let number = std::os::fd::AsRawFd::as_raw_fd(&file);
        // Other tests of this process open and close at the same time: the count may differ, but not always.
        let listed = (0..100).find_map(|_| open().ok()).expect("the list");
        assert!(listed.contains(&number), "{listed:?} lacks {number}");
        assert_eq!(found(1), listed[..1]);
    }
}
