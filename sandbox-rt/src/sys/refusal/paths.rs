//! Calls by a path that no declared directory leads to: what does the same on a `Dir`, or before entry.

use sandbox_policy::Rights;

use super::declarations::{Declarations, JOINED, Subject};
use super::{Line, Missing};

/// How a file is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "the flags of open(2)")]
pub(in crate::sys) struct Opening {
    pub(in crate::sys) read: bool,
    pub(in crate::sys) write: bool,
    pub(in crate::sys) create: bool,
    pub(in crate::sys) exclusive: bool,
    pub(in crate::sys) truncate: bool,
    pub(in crate::sys) append: bool,
    /// `O_DIRECTORY`.
    pub(in crate::sys) directory: bool,
}

/// What does it on a `Dir`: a method, with the path between its halves, and the rights that it needs.
#[derive(Clone, Copy)]
struct Way {
    before: &'static str,
    after: &'static str,
    rights: Rights,
}

impl Opening {
    /// The rights that it needs on a directory.
    pub(in crate::sys) fn rights(self) -> Rights {
        let needed = [
            (true, Rights::LOOKUP),
            (self.read, Rights::READ),
            (self.write, Rights::WRITE),
            (self.create, Rights::CREATE),
            (self.truncate, Rights::FTRUNCATE),
        ];
        needed.iter().filter(|(wanted, _)| *wanted).fold(Rights::NONE, |all, (_, right)| all.union(*right))
    }

    fn way(self) -> Way {
        let Self { read, write, create, exclusive, truncate, append, directory } = self;
        let (before, after) = match (write, create, exclusive) {
            _ if directory => ("open_dir(", ")"),
            (false, false, _) => ("open(", ")"),
            (true, true, true) if !read && !append && !truncate => ("create_new(", ", 0o666)"),
            (true, true, false) if !read && !append && truncate => ("create(", ", 0o666)"),
            (true, false, _) if !read && append && !truncate => ("append(", ")"),
            _ => ("file(", ")"),
        };
        Way { before, after, rights: self.rights() }
    }

    /// Appends `open(…)` as a declaration has it, behind the path.
    fn builder(self, line: &mut Line) {
        let Self { read, write, create, exclusive, truncate, append, directory: _ } = self;
        line.text(match (create, exclusive) {
            (true, true) => ".create_new(0o666)",
            (true, false) => ".create(0o666)",
            (false, _) => "",
        });
        line.text(if append { ".append()" } else { "" }).text(if truncate { ".truncate()" } else { "" });
        line.text(match (read, write) {
            (true, true) => " => read + write",
            (_, true) => " => write",
            (_, false) => " => read",
        });
    }
}

/// What does the same as a call that opens nothing.
fn way(call: &str) -> Option<Way> {
    let (before, after, right) = match call {
        "unlink" | "unlinkat" => ("remove_file(", ")", Rights::UNLINKAT),
        "rmdir" => ("remove_dir(", ")", Rights::UNLINKAT),
        "mkdir" | "mkdirat" => ("create_dir(", ", 0o777)", Rights::MKDIRAT),
        "rename" | "renameat" | "renameat2" => {
            ("rename(", ", …)", Rights::RENAMEAT_SOURCE.union(Rights::RENAMEAT_TARGET))
        }
        "link" | "linkat" => ("hard_link(", ", …)", Rights::LINKAT_SOURCE.union(Rights::LINKAT_TARGET)),
        "symlink" | "symlinkat" => ("symlink(…, ", ")", Rights::SYMLINKAT),
        "stat" | "lstat" | "newfstatat" | "fstatat" => ("metadata(", ")", Rights::READ.union(Rights::FSTAT)),
        _ => return None,
    };
    Some(Way { before, after, rights: Rights::LOOKUP.union(right) })
}

/// What lists a directory.
const ENTRIES: Way = Way { before: "entries(", after: ")", rights: Rights::LOOKUP.union(Rights::READ) };

impl Way {
    /// What does the same on the declared directory itself, if anything does.
    fn on_itself(&self) -> Option<Self> {
        match self.before {
            "open(" | "open_dir(" => Some(ENTRIES),
            "metadata(" => Some(Self { before: "dir_metadata(", after: ")", rights: Rights::FSTAT }),
            _ => None,
        }
    }

    /// Appends `NAME.method("rest")`.
    fn write(&self, name: &str, rest: &[u8], line: &mut Line) {
        line.text(name).text(".").text(self.before);
        if !rest.is_empty() {
            line.text("\"").path(rest).text("\"");
        }
        line.text(self.after);
    }
}

/// Appends why a call by a path is refused, and what to do instead.
pub(in crate::sys) fn explain(
    declarations: &Declarations,
    call: &str,
    path: &[u8],
    opening: Option<Opening>,
    line: &mut Line,
) {
    let Some(way) = opening.map_or_else(|| way(call), |opening| Some(opening.way())) else {
        line.text(match call {
            "execve" | "execveat" => {
                "a confined program starts no programs. Nothing can allow it: start them before entry"
            }
            _ => "a confined program looks up no paths. Nothing can allow it: do it before entry",
        });
        return;
    };
    let mut joined = [0; JOINED];
    let beneath = declarations.beneath(path, &mut joined);
    let inside = beneath.and_then(|(resource, rest)| {
        let way = if rest.is_empty() { way.on_itself()? } else { way };
        Some((resource, rest, way))
    });
    if let Some((resource, rest, way)) = inside {
        line.text("it lies beneath `").text(&resource.name);
        line.text(if opening.is_some() { "`: open it through the `Dir`: " } else { "`: use the `Dir`: " });
        way.write(&resource.name, rest, line);
        let missing = Missing::rights(way.rights.difference(resource.declared.rights));
        if !missing.is_empty() {
            line.text(", with ");
            declarations.declaration(&[(Subject::Declared(resource), missing)], line);
        }
        return;
    }
    line.text(match declarations.directories() {
        (false, _) => "no directory is declared",
        (true, true) => "it is not beneath a declared directory",
        (true, false) => "only a `Dir` leads to what lies beneath a declared directory",
    });
    match opening {
        Some(opening) if !opening.directory => {
            line.text(". Open it before entry: fds(NAME = open(\"").path(path).text("\")");
            opening.builder(line);
            line.text(")");
        }
        Some(_) => through_a_new_one(declarations, &ENTRIES, path, b"", line),
        None => {
            let (parent, name) = split(path);
            through_a_new_one(declarations, &way, parent, name, line);
        }
    }
}

/// Appends the declaration of a directory, and what does it there.
fn through_a_new_one(declarations: &Declarations, way: &Way, directory: &[u8], rest: &[u8], line: &mut Line) {
    line.text(". To allow it: fds(NAME = dir(\"").path(directory).text("\") => ");
    declarations.write(way.rights, line);
    line.text("), and ");
    way.write("NAME", rest, line);
}

/// The directory of a path, and the name in it.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) => (b"/", &path[1..]),
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b".", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_of_opening_needs_what_the_method_needs() {
        let opening = |flags: &str| Opening {
            read: flags.contains('r'),
            write: flags.contains('w'),
            create: flags.contains('c'),
            exclusive: flags.contains('x'),
            truncate: flags.contains('t'),
            append: flags.contains('a'),
            directory: flags.contains('d'),
        };
        for (flags, method, rights) in [
            ("r", "open(", "lookup + read"),
            ("wct", "create(", "lookup + write + ftruncate + create"),
            ("wcx", "create_new(", "lookup + write + create"),
            ("wa", "append(", "lookup + write"),
            ("wca", "file(", "lookup + write + create"),
            ("rw", "file(", "lookup + read + write"),
            ("rd", "open_dir(", "lookup + read"),
        ] {
            let way = opening(flags).way();
            assert_eq!((way.before, way.rights.to_string().as_str()), (method, rights), "{flags}");
        }
    }

    #[test]
    fn a_path_is_a_directory_and_a_name() {
        let halves = |path: &'static str| split(path.as_bytes());
        assert_eq!(halves("/etc/passwd"), (&b"/etc"[..], &b"passwd"[..]));
        assert_eq!(halves("/etc"), (&b"/"[..], &b"etc"[..]));
        assert_eq!(halves("a/b"), (&b"a"[..], &b"b"[..]));
        assert_eq!(halves("a"), (&b"."[..], &b"a"[..]));
    }
}
