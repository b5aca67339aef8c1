//! Directories: what lies beside and above them, and what one directory's rights do for another.

use std::ffi::{CString, c_int};
use std::fs::{self, File};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::symlink;

use sandbox_rt::{OnViolation, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{Errno, call};
use sandbox_tests::{args, scratch};

use crate::attempt::{Outcome, Special};
use crate::world::{SECRET, declared};

const READS: &str = "lookup + read";
const CHANGES: &str = "lookup + read + write + create + ftruncate + mkdirat + mkfifoat + symlinkat + unlinkat \
                       + renameat_source + renameat_target + linkat_source + linkat_target";

/// What the filter or Landlock answers. `EXDEV` is Landlock's for a rename or link that would widen rights.
const DENIED: &[Errno] = &[Errno::EPERM, Errno::EACCES, Errno::EXDEV];

/// Two declared directories, and a third one beside them.
#[derive(Debug)]
struct Tree {
    /// `lookup + read`. Holds `file`, a directory `below`, and symbolic links out of it.
    read: File,
    /// Everything that can be declared.
    change: File,
}

impl Tree {
    fn new() -> Self {
        for name in ["read", "change", "outside"] {
            let folder = scratch::path(name);
            // What the attempt without the sandbox has left behind.
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(folder.join("below")).expect("a folder");
            fs::write(folder.join("file"), SECRET).expect("a file");
            fs::write(folder.join("other"), SECRET).expect("a file");
        }
        let link = |target: &str, name: &str| {
            symlink(target, scratch::path("read").join(name)).expect("a symbolic link");
        };
        link("../outside/file", "out");
        link("/etc/passwd", "absolute");
        link("/proc/self", "process");
        let open = |name: &str| File::open(scratch::path(name)).expect("open a folder");
        Self { read: open("read"), change: open("change") }
    }

    fn enter(&self) {
        Sandbox::new("explore")
            .on_violation(OnViolation::Error)
            .grant("read", &self.read, declared(READS))
            .grant("change", &self.change, declared(CHANGES))
            .enter()
            .expect("enter");
        // What was declared works.
        openat(self.read.as_raw_fd(), "file", libc::O_RDONLY).expect("read beneath one");
        openat(self.change.as_raw_fd(), "file", libc::O_RDWR | libc::O_TRUNC).expect("change beneath the other");
    }
}

type Act = fn(&Tree) -> Result<i64, Errno>;

const ATTEMPTS: &[(&str, Act)] = &[
    ("open a file above", |t| openat(t.read.as_raw_fd(), "../outside/file", libc::O_RDONLY)),
    ("open a file above by a detour", |t| openat(t.read.as_raw_fd(), "below/../../outside/file", libc::O_RDONLY)),
    ("open the directory above", |t| openat(t.read.as_raw_fd(), "..", libc::O_RDONLY | libc::O_DIRECTORY)),
    ("open by an absolute path", |t| openat(t.read.as_raw_fd(), "/etc/passwd", libc::O_RDONLY)),
    ("follow a link out", |t| openat(t.read.as_raw_fd(), "out", libc::O_RDONLY)),
    ("follow an absolute link", |t| openat(t.read.as_raw_fd(), "absolute", libc::O_RDONLY)),
    ("follow a link to its own process", |t| openat(t.read.as_raw_fd(), "process/maps", libc::O_RDONLY)),
    ("open without a directory", |_| openat(libc::AT_FDCWD, &inside("read/file"), libc::O_RDONLY)),
    ("open from no directory", |_| openat(-1, &inside("read/file"), libc::O_RDONLY)),
    ("open for asking only", |t| openat(t.read.as_raw_fd(), "file", libc::O_PATH)),
    ("open an unnamed file", |t| openat(t.change.as_raw_fd(), ".", libc::O_TMPFILE | libc::O_RDWR)),
    ("open with both access bits", |t| openat(t.change.as_raw_fd(), "file", 3)),
    ("write where it may only read", |t| openat(t.read.as_raw_fd(), "file", libc::O_WRONLY)),
    ("write there by the other directory", |t| openat(t.change.as_raw_fd(), &inside("read/file"), libc::O_WRONLY)),
    ("write there by a way down and up", |t| openat(t.change.as_raw_fd(), "../read/file", libc::O_RDWR)),
    ("cut there by the other directory", |t| {
        openat(t.change.as_raw_fd(), &inside("read/file"), libc::O_WRONLY | libc::O_TRUNC)
    }),
    ("create there by the other directory", |t| {
        openat(t.change.as_raw_fd(), &inside("read/new"), libc::O_WRONLY | libc::O_CREAT)
    }),
    ("write there by a directory made since", |t| {
        let below = openat(t.change.as_raw_fd(), "below", libc::O_RDONLY | libc::O_DIRECTORY)?;
        let below = c_int::try_from(below).expect("a descriptor");
        openat(below, "../../read/file", libc::O_WRONLY)
    }),
    ("write there by what was opened there", |t| {
        let below = openat(t.read.as_raw_fd(), "below", libc::O_RDONLY | libc::O_DIRECTORY)?;
        let below = c_int::try_from(below).expect("a descriptor");
        openat(below, "../file", libc::O_WRONLY)
    }),
    ("write to a file opened for reading", |t| {
        let file = openat(t.read.as_raw_fd(), "file", libc::O_RDONLY)?;
        // Without the sandbox it is opened again, for writing, by its descriptor.
        let again = openat(libc::AT_FDCWD, &format!("/proc/self/fd/{file}"), libc::O_RDWR)?;
        call(libc::SYS_write, args![again, b"mine", 4])
    }),
    ("remove outside", |t| at(libc::SYS_unlinkat, t.change.as_raw_fd(), "../outside/file", 0)),
    ("remove where it may only read", |t| at(libc::SYS_unlinkat, t.change.as_raw_fd(), "../read/file", 0)),
    ("remove by the directory that may only be read", |t| at(libc::SYS_unlinkat, t.read.as_raw_fd(), "file", 0)),
    ("make a directory outside", |t| at(libc::SYS_mkdirat, t.change.as_raw_fd(), "../outside/new", 0o700)),
    ("make a device", |t| at(libc::SYS_mknodat, t.change.as_raw_fd(), "device", libc::S_IFSOCK | 0o600)),
    ("make a link outside", |t| {
        let (path, target) = (text("../outside/link"), text("/"));
        call(libc::SYS_symlinkat, args![target.as_c_str(), t.change.as_raw_fd(), path.as_c_str()])
    }),
    ("move out", |t| two(libc::SYS_renameat2, t, "file", "../outside/moved", 0)),
    ("move in", |t| two(libc::SYS_renameat2, t, "../outside/file", "moved", 0)),
    ("move in what may only be read", |t| two(libc::SYS_renameat2, t, "../read/file", "moved", 0)),
    ("exchange", |t| two(libc::SYS_renameat2, t, "file", "other", 2)),
    ("name in what may only be read", |t| two(libc::SYS_linkat, t, "../read/file", "named", 0)),
    ("name in what is outside", |t| two(libc::SYS_linkat, t, "../outside/file", "named", 0)),
    ("name a descriptor", |t| {
        let (directory, name) = (t.change.as_raw_fd(), text("named"));
        let own = text(&format!("/proc/self/fd/{}", openat(directory, "file", libc::O_RDONLY)?));
        call(libc::SYS_linkat, args![directory, own.as_c_str(), directory, name.as_c_str(), libc::AT_SYMLINK_FOLLOW])
    }),
    ("change a mode beneath it", |t| at(libc::SYS_fchmodat, t.change.as_raw_fd(), "file", 0o4755)),
    ("change a mode of the directory", |t| call(libc::SYS_fchmod, args![t.change.as_raw_fd(), 0o777])),
    ("stat beneath it", |t| {
        let path = text("file");
        call(libc::SYS_newfstatat, args![t.read.as_raw_fd(), path.as_c_str(), &mut [0_u64; 64], 0])
    }),
    ("go there", |t| call(libc::SYS_fchdir, args![t.read.as_raw_fd()])),
    ("watch it", |t| {
        // The instance would have to be there already.
        let instance = call(libc::SYS_inotify_init1, args![0]).unwrap_or(t.read.as_raw_fd().into());
        call(libc::SYS_inotify_add_watch, args![instance, text("/").as_c_str(), libc::IN_OPEN])
    }),
];

pub(crate) fn cases() -> Vec<Case> {
    ATTEMPTS
        .iter()
        .map(|&(name, act)| {
            Special { name, make: Tree::new, enter: Tree::enter, act, refused: Outcome::Fails(DENIED) }
                .case("directories")
        })
        .collect()
}

fn text(path: &str) -> CString {
    CString::new(path).expect("a path")
}

/// An absolute path in the case's folder.
fn inside(path: &str) -> String {
    scratch::path(path).into_os_string().into_string().expect("text")
}

fn openat(directory: c_int, path: &str, flags: c_int) -> Result<i64, Errno> {
    call(libc::SYS_openat, args![directory, text(path).as_c_str(), flags, 0o600])
}

fn at(number: i64, directory: c_int, path: &str, last: u32) -> Result<i64, Errno> {
    call(number, args![directory, text(path).as_c_str(), last, 0])
}

fn two(number: i64, tree: &Tree, from: &str, to: &str, flags: c_int) -> Result<i64, Errno> {
    let directory = tree.change.as_raw_fd();
    call(number, args![directory, text(from).as_c_str(), directory, text(to).as_c_str(), flags])
}
