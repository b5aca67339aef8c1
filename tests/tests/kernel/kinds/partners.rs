//! The second descriptors for operations on two.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::fd::OwnedFd;

use sandbox_rt::Rights;
use sandbox_tests::scratch;

use crate::operation::Partner;

/// A name for a new file in the case's folder.
pub(crate) fn fresh() -> std::path::PathBuf {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    scratch::path(&format!("{}-{count}", std::process::id()))
}

/// A file of 8 KiB, open for reading and writing at its start.
pub(crate) fn file(options: &mut OpenOptions) -> File {
    let path = fresh();
    std::fs::write(&path, vec![b'x'; 8192]).expect("a file");
    options.read(true).write(true).open(path).expect("the file")
}

/// A pipe with something in it: its reading and its writing end.
pub(crate) fn pipe() -> (File, File) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(&[b'x'; 2000]).expect("a pipe takes some pages");
    (OwnedFd::from(reader).into(), OwnedFd::from(writer).into())
}

fn partner(name: &'static str, file: File, rights: Rights) -> Partner {
    Partner { name, file, rights }
}

/// See [`crate::operations::two`].
pub(crate) fn of_streams() -> Vec<Partner> {
    let file = || file(&mut OpenOptions::new());
    let ((pipe_in, behind_in), (behind_out, pipe_out), (held_in, held_out)) = (pipe(), pipe(), pipe());
    vec![
        partner("pipe in", pipe_in, Rights::READ),
        partner("pipe in's other end", behind_in, Rights::NONE),
        partner("pipe out", pipe_out, Rights::WRITE),
        partner("pipe out's other end", behind_out, Rights::NONE),
        partner("pipe in held", held_in, Rights::NONE),
        partner("pipe out held", held_out, Rights::NONE),
        partner("file in", file(), Rights::READ),
        partner("file pin", file(), Rights::PREAD),
        partner("file out", file(), Rights::WRITE),
        partner("file pout", file(), Rights::PWRITE),
        partner("file held", file(), Rights::NONE),
    ]
}
