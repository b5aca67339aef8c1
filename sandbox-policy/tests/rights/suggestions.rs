//! Words that are no right, and what should be written instead.

use sandbox_policy::vocabulary::suggest::right;
use sandbox_policy::{Declared, vocabulary};

/// Words of other vocabularies with their exact translation.
const TRANSLATED: &[(&str, &str)] = &[
    // FreeBSD's own spelling.
    ("CAP_READ", "read"),
    ("CAP_MMAP_RW", "mmap_rw"),
    ("cap_kqueue", "kqueue"),
    ("CAP_FSTAT", "fstat"),
    ("READ", "read"),
    // open(2) and fopen(3).
    ("O_RDONLY", "read"),
    ("O_WRONLY", "write"),
    ("O_RDWR", "read + write"),
    ("O_APPEND", "write"),
    ("O_TRUNC", "ftruncate"),
    ("O_NONBLOCK", "nonblocking"),
    ("r", "read"),
    ("w", "write"),
    ("rw", "read + write"),
    // pledge(2).
    ("stdio", "read + write"),
    ("rpath", "read"),
    ("wpath", "write"),
    ("cpath", "lookup + create"),
    ("tty", "isatty"),
    // System calls.
    ("SYS_read", "read"),
    ("SYS_lseek", "seek"),
    ("__NR_newfstatat", "fstat"),
    ("statx", "fstat"),
    ("writev", "write"),
    ("sendmsg", "send"),
    ("accept4", "accept(recv + send)"),
    ("ppoll", "event"),
    ("epoll_wait", "kqueue_event"),
    ("renameat", "lookup + renameat_source + renameat_target"),
    // std.
    ("metadata", "fstat"),
    ("set_len", "ftruncate"),
    ("sync_all", "fsync"),
    ("read_at", "pread"),
    ("stream_position", "seek_tell"),
    ("peer_addr", "getpeername"),
    ("try_clone", "dup"),
    ("set_nonblocking", "nonblocking"),
    ("is_terminal", "isatty"),
];

#[test]
fn foreign_words_are_translated() {
    for (word, translation) in TRANSLATED {
        assert!(vocabulary::find(word).is_none(), "`{word}` is a right");
        let said = right(word).map(|fix| fix.to_string());
        assert_eq!(said, Some(format!("write `{translation}`")), "{word}");
        let error = word.parse::<Declared>().unwrap_err().to_string();
        assert_eq!(error, format!("unknown right `{word}`\nhelp: write `{translation}`"));
    }
}

/// A suggestion that is itself refused would send its reader in a circle.
#[test]
fn every_translation_is_a_declaration() {
    for (word, translation) in TRANSLATED {
        let declared = translation.parse::<Declared>().map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(declared, Ok(()), "{word}");
    }
}

#[test]
fn slips_of_the_keyboard_are_corrected() {
    for (word, meant) in [
        ("wirte", "write"),
        ("raed", "read"),
        ("seak", "seek"),
        ("fsnyc", "fsync"),
        ("ftrunctate", "ftruncate"),
        ("kqeue", "kqueue"),
        ("getpername", "getpeername"),
        ("is_atty", "isatty"),
        ("rename_at_source", "renameat_source"),
    ] {
        assert_eq!(right(word).map(|fix| fix.to_string()), Some(format!("did you mean `{meant}`?")), "{word}");
    }
}

#[test]
fn what_cannot_be_granted_is_explained() {
    for (word, reason) in [
        ("inet", "connect or bind before entry"),
        ("exec", "starts no programs"),
        ("proc", "starts no processes"),
        ("socket", "`NAME = EXPR => recv + send`"),
        ("open", "`NAME = open(PATH) => read`"),
        ("close", "closing needs no right"),
        ("threads", "`allow(threads)`"),
        ("all", "named one by one"),
    ] {
        let said = right(word).map(|fix| fix.to_string()).unwrap_or_default();
        assert!(said.contains(reason), "{word}: {said}");
    }
}

#[test]
fn what_is_like_nothing_gets_no_guess() {
    for word in ["xyzzy", "q", "", "zzzzzzzzzzzzzzzz"] {
        assert_eq!(right(word), None, "{word}");
    }
}
