//! The names in a directory. libc's readdir(3) asks for `fstat` before it begins; getdirentries(2) needs `read` alone.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};

/// Room for some hundred entries; the kernel asks for at least a block of the file system's.
const ROOM: usize = 32 * 1024;
/// Where the parts of an entry are (`struct dirent`, sys/dirent.h, since FreeBSD 12): its file's number, its length, its
/// type, the length of its name, its name.
const FILE: usize = 0;
const LENGTH: usize = 16;
const TYPE: usize = 18;
const NAME_LENGTH: usize = 20;
const NAME: usize = 24;
/// `DT_WHT` (sys/dirent.h): what hides an entry of a lower layer.
const WHITEOUT: u8 = 14;

unsafe extern "C" {
    fn getdirentries(
        directory: libc::c_int,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        base: *mut libc::off_t,
    ) -> libc::ssize_t;
}

/// The names in a directory, `.` and `..` among them.
#[derive(Debug)]
pub(crate) struct Listing {
    directory: OwnedFd,
    /// What was read, and has not been given out, from `next` on.
    entries: Vec<u8>,
    next: usize,
    ended: bool,
}

impl Listing {
    #[allow(clippy::unnecessary_wraps, reason = "the contract: other systems ask the kernel here")]
    pub(crate) fn new(directory: OwnedFd) -> io::Result<Self> {
        Ok(Self { directory, entries: Vec::new(), next: 0, ended: false })
    }

    /// Reads the next entries. Gives whether there are any.
    fn fill(&mut self) -> io::Result<bool> {
        self.entries.resize(ROOM, 0);
        self.next = 0;
        let buffer = self.entries.as_mut_ptr().cast();
        // SAFETY: the buffer has room for `ROOM` bytes, and the position is not asked for.
        let read = unsafe { getdirentries(self.directory.as_raw_fd(), buffer, ROOM, std::ptr::null_mut()) };
        let Ok(read) = usize::try_from(read) else {
            let error = io::Error::last_os_error();
            self.entries.clear();
            return Err(error);
        };
        self.entries.truncate(read);
        Ok(read > 0)
    }
}

impl Iterator for Listing {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match entry(&self.entries[self.next..]) {
                Some((length, name)) => {
                    self.next += length;
                    if let Some(name) = name {
                        return Some(Ok(name));
                    }
                }
                None => match self.fill() {
                    Ok(more) => self.ended = !more,
                    Err(error) => {
                        self.ended = true;
                        return Some(Err(error));
                    }
                },
            }
        }
        None
    }
}

/// The first entry: its length, and its name unless it stands for nothing. None if there is no whole one.
fn entry(entries: &[u8]) -> Option<(usize, Option<Vec<u8>>)> {
    let number = |at: usize| Some(usize::from(u16::from_ne_bytes(entries.get(at..at + 2)?.try_into().ok()?)));
    let length = number(LENGTH).filter(|&length| length >= NAME)?;
    let name = entries.get(NAME..NAME + number(NAME_LENGTH)?)?;
    let is_there = entries.get(FILE..FILE + 8)? != [0; 8] && entries.get(TYPE) != Some(&WHITEOUT);
    entries.get(..length)?;
    Some((length, is_there.then(|| name.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(file: u64, kind: u8, name: &[u8]) -> Vec<u8> {
        let mut record = file.to_ne_bytes().to_vec();
        record.extend([0; 8]);
        let length = (NAME + name.len() + 1).next_multiple_of(8);
        record.extend(u16::try_from(length).expect("short").to_ne_bytes());
        record.extend([kind, 0]);
        record.extend(u16::try_from(name.len()).expect("short").to_ne_bytes());
        record.extend([0; 2]);
        record.extend(name);
        record.resize(length, 0);
        record
    }

    #[test]
    fn entries_are_read_and_those_that_stand_for_nothing_are_not() {
        let list = [record(7, 8, b"file"), record(0, 8, b"gone"), record(9, WHITEOUT, b"hidden")].concat();
        let (length, name) = entry(&list).expect("an entry");
        assert_eq!(name.as_deref(), Some(&b"file"[..]));
        let (second, name) = entry(&list[length..]).expect("an entry");
        assert_eq!(name, None);
        assert_eq!(entry(&list[length + second..]).expect("an entry").1, None);
        assert_eq!(entry(&list[..20]), None);
        assert_eq!(entry(&[0; 32]), None);
    }

    #[test]
    fn a_large_directory_is_read_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted: Vec<String> = (0..2000).map(|number| format!("a file with a long name {number:05}")).collect();
        for name in &wanted {
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        let directory = std::fs::File::open(folder.path()).expect("the folder");
        let names = Listing::new(directory.into()).expect("a listing").collect::<io::Result<Vec<_>>>().expect("names");
        let mut names: Vec<String> = names.into_iter().map(|name| String::from_utf8(name).expect("text")).collect();
        names.sort();
        assert_eq!(names[..2], [".", ".."]);
        assert_eq!(names[2..], wanted);
    }
}
