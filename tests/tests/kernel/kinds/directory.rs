//! Directories: what the descriptor answers itself, and what lies beneath it.

use std::fs::{self, File};
use std::os::unix::fs::symlink;

use sandbox_rt::Rights;

use super::{beneath, partners};
use crate::compare::{Kind, Object};
use crate::operation::Partner;
use crate::operations::{attributes, control, entries, paths, waiting};

/// A directory with something for every operation, and one beside it that is not declared.
fn directory() -> File {
    let parent = partners::fresh();
    let (directory, outside) = (parent.join("directory"), parent.join("outside"));
    for folder in ["sub", "empty", "olddir"] {
        fs::create_dir_all(directory.join(folder)).expect("a folder");
    }
    fs::create_dir(&outside).expect("a folder");
    let files = ["file", "truncated", "removed", "replaced", "exchanged", "linked", "sub/inner", "sub/removed"];
    let olds = ["old1", "old2", "old3", "old4", "old5", "old6", "old7", "old8", "old9"];
    for name in files.into_iter().chain(olds) {
        fs::write(directory.join(name), "text").expect("a file");
    }
    for name in ["file", "old", "removed"] {
        fs::write(outside.join(name), "text").expect("a file");
    }
    symlink("file", directory.join("link")).expect("a link");
    symlink("../outside/file", directory.join("out")).expect("a link");
    File::open(directory).expect("the directory")
}

fn make() -> Object {
    Object::new(directory())
}

fn others() -> Vec<Partner> {
    let source = Rights::LOOKUP | Rights::RENAMEAT_SOURCE | Rights::LINKAT_SOURCE;
    let target = Rights::LOOKUP | Rights::RENAMEAT_TARGET | Rights::LINKAT_TARGET;
    vec![
        Partner { name: "source", file: directory(), rights: source },
        Partner { name: "target", file: directory(), rights: target },
        Partner { name: "held", file: directory(), rights: Rights::NONE },
    ]
}

fn fits(rights: Rights) -> bool {
    !rights.contains(Rights::ACCEPT) && (!beneath(rights) || rights.contains(Rights::LOOKUP))
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "directory",
        make,
        partners: others,
        operations: &[
            paths::DIRECTORY,
            paths::OPEN,
            paths::PATHS,
            paths::OPENED,
            paths::BY_PATH,
            attributes::STAT,
            attributes::FILE,
            control::ANY,
            waiting::ALL,
        ],
        declarations: OPENING,
        fits,
    },
    Kind {
        name: "directory_entries",
        make,
        partners: others,
        operations: &[entries::MAKE, entries::LINK, entries::RENAME, entries::REMOVE],
        declarations: ENTRIES,
        fits,
    },
];

const OPENING: &[&str] = &[
    "hold",
    "lookup",
    "lookup + read",
    "lookup + write",
    "lookup + read + write",
    "lookup + create",
    "lookup + read + create",
    "lookup + write + create",
    "lookup + read + write + create + ftruncate",
    "lookup + ftruncate",
    "lookup + read + ftruncate",
    "lookup + write + ftruncate",
    "lookup + write + fsync",
    "lookup + read + fstat",
    "lookup + read + seek",
    "lookup + mkdirat",
    "lookup + unlinkat",
    "lookup + dup",
    "lookup + read + event",
];

const ENTRIES: &[&str] = &[
    "hold",
    "lookup + read + write + create",
    "lookup + mkdirat",
    "lookup + mkfifoat",
    "lookup + symlinkat",
    "lookup + unlinkat",
    "lookup + renameat_source",
    "lookup + renameat_target",
    "lookup + renameat_source + renameat_target",
    "lookup + renameat_target + unlinkat",
    "lookup + linkat_source",
    "lookup + linkat_target",
    "lookup + linkat_source + linkat_target",
    "lookup + mkdirat + unlinkat + symlinkat",
];
