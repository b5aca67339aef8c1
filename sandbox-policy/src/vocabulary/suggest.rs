//! "Did you mean": by edit distance, and by the words of other vocabularies with their exact translation.

use std::fmt;

use super::{find, rows};

/// What should be written instead of an unknown name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// The word belongs to another vocabulary; this is the exact translation.
    Translation(String),
    /// The word looks like this one.
    Near(&'static str),
    /// The word has no counterpart, for this reason.
    Never(&'static str),
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Translation(text) => write!(f, "write `{text}`"),
            Self::Near(name) => write!(f, "did you mean `{name}`?"),
            Self::Never(reason) => f.write_str(reason),
        }
    }
}

/// Words of open(2), pledge(2), std, Landlock and seccomp, with what they are called here.
const FOREIGN: &[(&str, &str)] = &[
    ("r", "read"),
    ("rd", "read"),
    ("rdonly", "read"),
    ("readonly", "read"),
    ("read_only", "read"),
    ("O_RDONLY", "read"),
    ("rpath", "read"),
    ("w", "write"),
    ("wr", "write"),
    ("wronly", "write"),
    ("writeonly", "write"),
    ("write_only", "write"),
    ("O_WRONLY", "write"),
    ("wpath", "write"),
    ("append", "write"),
    ("O_APPEND", "write"),
    ("rw", "read + write"),
    ("rdwr", "read + write"),
    ("readwrite", "read + write"),
    ("read_write", "read + write"),
    ("O_RDWR", "read + write"),
    ("stdio", "read + write"),
    ("lseek", "seek"),
    ("tell", "seek_tell"),
    ("stream_position", "seek_tell"),
    ("stat", "fstat"),
    ("statx", "fstat"),
    ("newfstatat", "fstat"),
    ("metadata", "fstat"),
    ("truncate", "ftruncate"),
    ("set_len", "ftruncate"),
    ("O_TRUNC", "ftruncate"),
    ("sync", "fsync"),
    ("sync_all", "fsync"),
    ("sync_data", "fsync"),
    ("fdatasync", "fsync"),
    ("chmod", "fchmod"),
    ("set_permissions", "fchmod"),
    ("chown", "fchown"),
    ("utimes", "futimes"),
    ("futimens", "futimes"),
    ("utimensat", "futimes"),
    ("set_times", "futimes"),
    ("lock", "flock"),
    ("mmap_read", "mmap_r"),
    ("mmap_write", "mmap_w"),
    ("pread64", "pread"),
    ("read_at", "pread"),
    ("pwrite64", "pwrite"),
    ("write_at", "pwrite"),
    ("readv", "read"),
    ("writev", "write"),
    ("recvfrom", "recv"),
    ("recvmsg", "recv"),
    ("sendto", "send"),
    ("sendmsg", "send"),
    ("accept4", "accept(recv + send)"),
    ("getpeer", "getpeername"),
    ("peer_addr", "getpeername"),
    ("local_addr", "getsockname"),
    ("sockopt", "getsockopt + setsockopt"),
    ("poll", "event"),
    ("ppoll", "event"),
    ("select", "event"),
    ("epoll", "event"),
    ("kevent", "event"),
    ("epoll_ctl", "kqueue_change"),
    ("epoll_wait", "kqueue_event"),
    ("openat", "lookup + read"),
    ("cpath", "lookup + create"),
    ("mkdir", "lookup + mkdirat"),
    ("unlink", "lookup + unlinkat"),
    ("remove", "lookup + unlinkat"),
    ("rename", "lookup + renameat_source + renameat_target"),
    ("renameat", "lookup + renameat_source + renameat_target"),
    ("symlink", "lookup + symlinkat"),
    ("link", "lookup + linkat_source + linkat_target"),
    ("linkat", "lookup + linkat_source + linkat_target"),
    ("mkfifo", "lookup + mkfifoat"),
    ("tty", "isatty"),
    ("is_terminal", "isatty"),
    ("terminal_size", "winsize"),
    ("nonblock", "nonblocking"),
    ("set_nonblocking", "nonblocking"),
    ("O_NONBLOCK", "nonblocking"),
    ("try_clone", "dup"),
    ("clone", "dup"),
    ("xattr", "extattr_get"),
    ("fgetxattr", "extattr_get"),
    ("fsetxattr", "extattr_set"),
    ("flistxattr", "extattr_list"),
    ("fremovexattr", "extattr_delete"),
];

/// Words for which there is nothing to grant.
const NEVER: &[(&str, &str)] = &[
    ("inet", "a confined program makes no connections: connect or bind before entry and declare the socket"),
    ("dns", "names are resolved before entry: resolve, connect, and declare the socket"),
    ("unix", "a confined program makes no connections: connect before entry and declare the socket"),
    ("exec", "a confined program starts no programs: start it before entry and declare its pipes"),
    ("proc", "a confined program starts no processes: start them before entry"),
    ("socket", "sockets are made before entry: write `NAME = EXPR => recv + send`"),
    ("open", "files are opened before entry: write `NAME = open(PATH) => read`"),
    ("close", "closing needs no right"),
    ("threads", "threads are not a right of a descriptor: write `allow(threads)` beside `fds(…)`"),
    ("all", "rights are named one by one: that is what makes them a promise"),
];

/// What should be written instead of the unknown right `name`.
#[must_use]
pub fn right(name: &str) -> Option<Fix> {
    translation(name)
        .map(Fix::Translation)
        .or_else(|| NEVER.iter().find(|(word, _)| *word == name).map(|(_, reason)| Fix::Never(reason)))
        .or_else(|| near(name, rows().map(|row| row.name)).map(Fix::Near))
}

/// The exact translation of a word from another vocabulary.
fn translation(name: &str) -> Option<String> {
    let foreign = |word: &str| FOREIGN.iter().find(|(known, _)| *known == word).map(|(_, text)| (*text).to_owned());
    let known = |word: &str| find(word).map(|row| row.name.to_owned()).or_else(|| foreign(word));
    if let Some(text) = foreign(name) {
        return Some(text);
    }
    let lower = name.to_lowercase();
    for prefix in ["cap_", "sys_", "__nr_", "right_", "fs_"] {
        if let Some(rest) = lower.strip_prefix(prefix) {
            return known(rest);
        }
    }
    if lower == name { None } else { known(&lower) }
}

/// The word that `name` was most likely meant to be.
pub fn near<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|word| (distance(name, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4 && *distance < word.len())
        .min()
        .map(|(_, word)| word)
}

/// Edits between two words: insertions, removals, replacements and swaps of neighbours (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = (0..=from.len()).map(|removed| vec![removed; to.len() + 1]).collect();
    rows[0] = (0..=to.len()).collect();
    for i in 1..=from.len() {
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[from.len()][to.len()]
}
