//! Directories: what leads out of a declared one is refused, however it is written.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use sandbox_rt::{Declared, Dir, OnViolation, Sandbox};
use sandbox_tests::check::{expect_errno, expect_ok};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::Errno;

use crate::sys;

/// `O_RESOLVE_BENEATH` (fcntl.h): the kernel keeps to the directory also outside of capability mode.
const BENEATH: OFlags = OFlags::from_bits_retain(libc::O_RESOLVE_BENEATH.cast_unsigned());

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = ESCAPES
        .iter()
        .map(|&(name, path, errno)| Case::new(format!("directories::{name}"), move || escape(path, errno)))
        .collect();
    cases.extend([
        Case::new("directories::inside", inside),
        Case::new("directories::beneath", beneath),
        Case::new("directories::working_directory", working_directory),
        Case::new("directories::rename_and_link_out", rename_and_link_out),
        Case::new("directories::dir", dir),
    ]);
    cases
}

/// Paths that lead out; each can be opened without the sandbox.
const ESCAPES: &[(&str, &str, Errno)] = &[
    ("absolute", "/etc/passwd", Errno::ENOTCAPABLE),
    ("parent", "../outside/file", Errno::ENOTCAPABLE),
    ("parent_of_a_child", "sub/../../outside/file", Errno::ENOTCAPABLE),
    ("link_to_the_parent", "out", Errno::ENOTCAPABLE),
    ("absolute_link", "etc", Errno::ENOTCAPABLE),
    ("link_to_a_directory_outside", "up/outside/file", Errno::ENOTCAPABLE),
];

/// A directory to be declared, and one beside it.
fn directory() -> File {
    let inside = scratch::path("inside");
    fs::create_dir_all(inside.join("sub")).expect("a directory");
    fs::create_dir(scratch::path("outside")).expect("a directory");
    for file in [inside.join("file"), inside.join("sub/inner"), scratch::path("outside/file")] {
        fs::write(file, "text").expect("a file");
    }
    symlink("../outside/file", inside.join("out")).expect("a link");
    symlink("/etc/passwd", inside.join("etc")).expect("a link");
    symlink("..", inside.join("up")).expect("a link");
    symlink("sub/inner", inside.join("in")).expect("a link");
    File::open(inside).expect("the directory")
}

fn enter(directory: &File, rights: &str) {
    let rights: Declared = rights.parse().expect("rights");
    Sandbox::new("directories")
        .grant("dir", directory, rights)
        .on_violation(OnViolation::Error)
        .enter()
        .expect("entry");
}

fn open(directory: impl AsFd, path: &str, flags: OFlags) -> Result<(), Errno> {
    rustix::fs::openat(directory, path, flags, Mode::empty()).map(drop).map_err(sys::errno)
}

fn escape(path: &str, errno: Errno) {
    let directory = directory();
    expect_ok("without the sandbox", open(&directory, path, OFlags::RDONLY));
    enter(&directory, "lookup + read + fstat");
    expect_ok("a file beneath it", open(&directory, "file", OFlags::RDONLY));
    expect_errno(path, open(&directory, path, OFlags::RDONLY), errno);
    expect_errno("stat", rustix::fs::statat(&directory, path, AtFlags::empty()).map_err(sys::errno), errno);
}

fn inside() {
    let directory = directory();
    enter(&directory, "lookup + read");
    for path in ["file", "./file", "sub/inner", "sub/../file", "sub/../sub/./inner", "in", ".", "sub"] {
        expect_ok(path, open(&directory, path, OFlags::RDONLY));
    }
    expect_errno("a file that is not there", open(&directory, "missing", OFlags::RDONLY), Errno::ENOENT);
}

fn beneath() {
    let directory = directory();
    expect_errno("outside", open(&directory, "../outside/file", OFlags::RDONLY | BENEATH), Errno::ENOTCAPABLE);
    enter(&directory, "lookup + read");
    expect_ok("inside", open(&directory, "sub/inner", OFlags::RDONLY | BENEATH));
    expect_errno("outside", open(&directory, "../outside/file", OFlags::RDONLY | BENEATH), Errno::ENOTCAPABLE);
    expect_errno("absolute", open(&directory, "/etc/passwd", OFlags::RDONLY | BENEATH), Errno::ENOTCAPABLE);
}

/// Paths that start where the process is, or at the root, are not looked up at all.
fn working_directory() {
    let directory = directory();
    std::env::set_current_dir(scratch::path("inside")).expect("the directory");
    expect_ok("without the sandbox", open(CWD, "file", OFlags::RDONLY));
    enter(&directory, "lookup + read");
    expect_errno("from the working directory", open(CWD, "file", OFlags::RDONLY), Errno::ECAPMODE);
    expect_errno("open", File::open("file"), Errno::ECAPMODE);
    expect_errno("open", File::open("/etc/passwd"), Errno::ECAPMODE);
    expect_errno("stat", fs::metadata("file"), Errno::ECAPMODE);
    expect_errno("chdir", std::env::set_current_dir("sub"), Errno::ECAPMODE);
    expect_errno("unlink", fs::remove_file("file"), Errno::ECAPMODE);
    expect_errno("rename", fs::rename("file", "other"), Errno::ECAPMODE);
    expect_errno("mkdir", fs::create_dir("new"), Errno::ECAPMODE);
}

fn rename_and_link_out() {
    let directory = directory();
    let outside = File::open(scratch::path("outside")).expect("a directory");
    enter(&directory, "lookup + renameat_source + renameat_target + linkat_source + linkat_target");
    let rename = |to: &str| rustix::fs::renameat(&directory, "file", &directory, to).map_err(sys::errno);
    let link = |to: &str| rustix::fs::linkat(&directory, "file", &directory, to, AtFlags::empty()).map_err(sys::errno);
    expect_errno("rename by a path", rename("../outside/moved"), Errno::ENOTCAPABLE);
    expect_errno("link by a path", link("../outside/moved"), Errno::ENOTCAPABLE);
    let renamed = rustix::fs::renameat(&directory, "file", &outside, "moved").map_err(sys::errno);
    expect_errno("rename into an undeclared directory", renamed, Errno::ENOTCAPABLE);
    expect_ok("link within it", link("linked"));
    expect_ok("rename within it", rename("renamed"));
}

/// The runtime's own type.
fn dir() {
    drop(directory());
    let dir = Dir::open_path(scratch::path("inside")).expect("the directory");
    let rights: Declared = "lookup + read + write + create + fstat + unlinkat + mkdirat".parse().expect("rights");
    Sandbox::new("directories").grant("dir", &dir, rights).on_violation(OnViolation::Error).enter().expect("entry");
    let mut text = String::new();
    dir.open("sub/inner").expect("open").read_to_string(&mut text).expect("read");
    assert_eq!(text, "text");
    dir.create_new("made", 0o600).expect("create").write_all(b"made").expect("write");
    let names = dir.entries().expect("list it").map(|name| name.expect("a name").to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["etc", "file", "in", "made", "out", "sub", "up"]);
    dir.remove_file("made").expect("remove");
    dir.create_dir("new", 0o700).expect("make a directory");
    for path in ["../outside/file", "/etc/passwd", "out", "etc"] {
        let error = dir.open(path).expect_err(path);
        assert!(sandbox_rt::is_denied(&error) || error.kind() == ErrorKind::PermissionDenied, "{path}: {error}");
    }
    expect_errno("a link, without the right", dir.symlink("file", "made"), Errno::ENOTCAPABLE);
}
