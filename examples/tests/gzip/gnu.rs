//! Exit codes, messages, output and files left: the same as GNU gzip's, to the byte.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use crate::harness::{Run, both, packed, put, same, text};

/// A member built by hand around the data of `hello`.
fn member(flags: u8, fields: &[u8]) -> Vec<u8> {
    let plain = packed("x", b"hello\n");
    // The header that `packed` makes: ten bytes, and the name `x` with its zero.
    let data = &plain[12..];
    let stamp = 1_100_000_000_u32.to_le_bytes();
    [&[0x1f, 0x8b, 8, flags][..], &stamp, &[0, 3], fields, data].concat()
}

/// Files that are wrong in one way each.
fn bad_files() -> Vec<(&'static str, Vec<u8>)> {
    let good = packed("good", &text());
    let length = good.len();
    let with = |place: usize, bytes: &[u8]| {
        let mut data = good.clone();
        data[place..place + bytes.len()].copy_from_slice(bytes);
        data
    };
    let then = |tail: &[u8]| [&good, tail].concat();
    vec![
        ("empty", Vec::new()),
        ("one byte", vec![0x1f]),
        ("two bytes", vec![0x1f, 0x8b]),
        ("half a header", good[..5].to_vec()),
        ("no trailer", good[..length - 8].to_vec()),
        ("half a trailer", good[..length - 4].to_vec()),
        ("cut off", good[..length / 2].to_vec()),
        ("text", b"hello\n".to_vec()),
        ("zeros", vec![0; 100]),
        ("magic", with(0, &[0x50])),
        ("method", with(2, &[7])),
        ("encrypted", with(3, &[0x28])),
        ("flags", with(3, &[0x88])),
        ("crc", with(length - 8, &[0xff; 4])),
        ("length", with(length - 4, &[0xff; 4])),
        ("both", with(length - 8, &[0xff; 8])),
        ("header checksum", member(2, &[0, 0])),
        ("one byte more", then(b"x")),
        ("magic more", then(&[0x1f, 0x8b])),
        ("half a member more", then(&good[..100])),
        ("block type", with(15, &[0xff; 8])),
    ]
}

#[test]
fn bad_input_is_told_and_leaves_nothing() {
    for (what, data) in bad_files() {
        for arguments in [&["-d", "bad.gz"][..], &["-dk", "bad.gz"], &["-dq", "bad.gz"], &["-t", "bad.gz"]] {
            let run = same(|folder| put(folder, "bad.gz", &data), arguments, b"");
            assert_eq!(run.code, Some(1), "{what} {arguments:?}");
            assert_eq!(run.files.keys().collect::<Vec<_>>(), ["bad.gz"], "{what} {arguments:?}");
        }
        for arguments in [&["-tv", "bad.gz"][..], &["-dv", "bad.gz"], &["-l", "bad.gz"]] {
            same(|folder| put(folder, "bad.gz", &data), arguments, b"");
        }
    }
}

/// GNU gzip removes the input here, with what it has not understood.
#[test]
fn a_second_member_of_another_kind_keeps_the_input() {
    let mut other = packed("b", b"hello");
    other[2] = 7;
    let data = [packed("a", b"hello"), other].concat();
    let [ours, gnus] = both(|folder| put(folder, "bad.gz", &data), &["-d", "bad.gz"], b"");
    assert_eq!((ours.code, ours.stderr), (gnus.code, gnus.stderr));
    assert_eq!(ours.files.keys().collect::<Vec<_>>(), ["bad.gz"]);
}

#[test]
fn bad_input_on_a_pipe_is_told() {
    for (what, data) in bad_files() {
        let [ours, gnus] = both(|_| {}, &["-d"], &data);
        assert_eq!((ours.code, &ours.stderr), (gnus.code, &gnus.stderr), "{what}");
        // GNU gzip holds the last block back when the data turns out to be wrong; what came out is the same data.
        assert!(text().starts_with(&ours.stdout) || what.ends_with("more") || what == "block type", "{what}");
        same(|_| {}, &["-t"], &data);
    }
}

#[test]
fn trailing_garbage_is_a_warning() {
    let good = packed("good", &text());
    for (tail, codes) in
        [(&b"garbage"[..], [2, 2, 2]), (&[0; 100], [0, 0, 2]), (b"\0", [0, 0, 2]), (b"\0\0x", [2, 2, 2])]
    {
        let data = [&good, tail].concat();
        let fill = |folder: &Path| put(folder, "a.gz", &data);
        for (arguments, code) in [["-d", "a.gz"], ["-dq", "a.gz"], ["-tv", "a.gz"]].iter().zip(codes) {
            let run = same(fill, arguments, b"");
            assert_eq!(run.code, Some(code), "{tail:?} {arguments:?}");
        }
        same(fill, &["-dc", "a.gz"], b"");
        same(fill, &["-dkv", "a.gz"], b"");
    }
}

#[test]
fn files_that_are_left_alone() {
    let fill = |folder: &Path| {
        put(folder, "a", b"hello");
        put(folder, "b.tgz", b"hello");
        put(folder, "c.gz", &packed("c", b"hello"));
        put(folder, "c", b"there");
        put(folder, "linked", b"hello");
        fs::hard_link(folder.join("linked"), folder.join("other")).expect("a link");
        put(folder, "three", b"hello");
        for name in ["three2", "three3"] {
            fs::hard_link(folder.join("three"), folder.join(name)).expect("a link");
        }
        symlink("a", folder.join("symbolic")).expect("a link");
        symlink("nowhere", folder.join("dangling")).expect("a link");
        fs::create_dir(folder.join("folder")).expect("a folder");
        for (name, mode) in [("setuid", 0o4755), ("setgid", 0o2755), ("sticky", 0o1644)] {
            put(folder, name, b"hello");
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.join(name), mode).expect("it is ours");
        }
        let status = std::process::Command::new("mkfifo").arg(folder.join("fifo")).status();
        assert!(status.is_ok_and(|status| status.success()), "mkfifo must be installed");
    };
    for (arguments, code) in [
        (&["missing"][..], 1),
        (&["-d", "missing"], 1),
        (&["-d", "missing.gz"], 1),
        (&["-t", "missing"], 1),
        (&["-l", "missing"], 1),
        (&["missing/x"], 1),
        (&["a/x"], 1),
        (&[""], 1),
        (&["-d", ""], 1),
        (&["c.gz"], 0),
        (&["-q", "c.gz"], 0),
        (&["-v", "b.tgz"], 0),
        (&["c"], 2),
        (&["-q", "c"], 2),
        (&["-d", "c.gz"], 2),
        (&["-d", "c"], 2),
        (&["-d", "a"], 2),
        (&["-dq", "a"], 0),
        (&["-t", "a"], 1),
        (&["-dc", "a"], 1),
        (&["folder"], 2),
        (&["-q", "folder"], 2),
        (&["-c", "folder"], 2),
        (&["-d", "folder"], 2),
        (&["-l", "folder"], 2),
        (&["linked"], 2),
        (&["three"], 2),
        (&["symbolic"], 1),
        (&["dangling"], 1),
        (&["setuid"], 2),
        (&["setgid"], 2),
        (&["-f", "setgid"], 2),
        (&["sticky"], 2),
        (&["fifo"], 2),
        (&["/dev/null"], 2),
        (&["missing", "folder"], 1),
        (&["folder", "missing"], 1),
    ] {
        let run = same(fill, arguments, b"");
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn lists() {
    let one = packed("first", &text());
    let none = packed("none", b"");
    let fill = |folder: &Path| {
        put(folder, "one.gz", &one);
        put(folder, "none.gz", &none);
        put(folder, "two.z", &one);
        put(folder, "plain.tgz", &one);
        put(folder, "stamped.gz", &member(0, b""));
        put(folder, "named.gz", &member(8, b"dir/name\0"));
        put(folder, "extra.gz", &member(4, b"\x03\0abc"));
        put(folder, "unnamed", &member(16, b"comment\0"));
        fs::create_dir(folder.join("d")).expect("a folder");
        put(folder, "d/one.gz", &one);
    };
    for arguments in [
        &["-l", "one.gz"][..],
        &["-lv", "one.gz"],
        &["-lq", "one.gz"],
        &["-lvq", "one.gz"],
        &["-lN", "one.gz"],
        &["-lNv", "one.gz"],
        &["-ln", "one.gz"],
        &["-l", "none.gz"],
        &["-l", "one"],
        &["-l", "unnamed"],
        &["-l", "d/one.gz"],
        &["-lN", "d/one.gz"],
        &["-lvN", "stamped.gz", "named.gz"],
        &["-lv", "stamped.gz", "named.gz", "none.gz"],
        &["-lv", "extra.gz"],
        &["-l", "one.gz", "two.z", "plain.tgz", "none.gz"],
        &["-lq", "one.gz", "two.z"],
        &["-l", "none.gz", "none.gz"],
        &["-l", "one.gz", "missing", "two.z"],
    ] {
        same(fill, arguments, b"");
    }
    for arguments in [&["-l"][..], &["-lN"], &["-lv"], &["-l", "-"], &["-lNv"]] {
        same(|_| {}, arguments, &one);
    }
}

/// The same text with every number in the place of any other.
fn shape(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
}

#[test]
fn verbose_lines() {
    let good = packed("first", &text());
    let fill = |folder: &Path| {
        put(folder, "a", &text());
        put(folder, "none", b"");
        put(folder, "b.gz", &good);
        put(folder, "c.gz", &good);
        put(folder, "extra.gz", &member(4, b"\x03\0abc"));
    };
    for arguments in [
        &["-dv", "b.gz"][..],
        &["-dkv", "b.gz"],
        &["-dNv", "b.gz"],
        &["-dcv", "b.gz"],
        &["-tv", "b.gz"],
        &["-tv", "b.gz", "c.gz"],
        &["-dvv", "b"],
        &["-v", "none"],
        &["-v", "missing", "none"],
    ] {
        same(fill, arguments, b"");
    }
    for arguments in [&["-dv"][..], &["-tv"], &["-t"]] {
        same(fill, arguments, &good);
    }
    // What the compressor saves is its own affair.
    for arguments in [&["-v", "a"][..], &["-kv", "a"], &["-cv", "a"], &["-9v", "a", "none"], &["-v"]] {
        let [ours, gnus] = both(fill, arguments, &text()).map(|run: Run| Run {
            stderr: shape(&run.stderr),
            stdout: Vec::new(),
            ..run
        });
        assert_eq!(ours, gnus, "{arguments:?}");
    }
}

#[test]
fn an_extra_field_is_mentioned() {
    let fill = |folder: &Path| put(folder, "extra.gz", &member(4, b"\x03\0abc"));
    let run = same(fill, &["-d", "extra.gz"], b"");
    assert_eq!(run.stderr, "");
    let [ours, gnus] = both(fill, &["-dv", "extra.gz"], b"");
    let line = "gzip: extra.gz: extra field of 3 bytes ignored\n";
    assert!(ours.stderr.contains(line) && gnus.stderr.contains(line), "{}", ours.stderr);
}

#[test]
fn options_that_do_not_exist() {
    for arguments in [
        &["-x"][..],
        &["-0"],
        &["-kx"],
        &["--nonsense"],
        &["-S"],
        &["-S", "", "a"],
        &["--suffix"],
        &["--keep=x"],
        &["-S", "x23456789x123456789x123456789x1", "a"],
    ] {
        let [ours, gnus] = both(|folder| put(folder, "a", b"hello"), arguments, b"");
        assert_eq!((ours.code, gnus.code), (Some(1), Some(1)), "{arguments:?}");
        assert_eq!(ours.files, gnus.files);
        let first = |run: &Run| run.stderr.lines().next().map(str::to_owned);
        assert_eq!(first(&ours), first(&gnus), "{arguments:?}");
    }
}

#[test]
fn times_that_the_format_has_no_room_for() {
    let fill = |folder: &Path| {
        put(folder, "a", b"hello");
        let status = std::process::Command::new("touch").args(["-d", "@5000000000"]).arg(folder.join("a")).status();
        assert!(status.is_ok_and(|status| status.success()));
    };
    let run = same(fill, &["a"], b"");
    assert_eq!(run.code, Some(2));
    same(fill, &["-q", "a"], b"");
    assert_eq!(same(fill, &["-n", "a"], b"").code, Some(0));
}
