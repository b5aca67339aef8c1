//! What the options do, and what becomes of names, modes and times.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use crate::harness::{Bench, LONG_AGO, OURS, gnu, packed, put, same, text};

fn hello(folder: &Path) {
    put(folder, "a", b"hello\n");
}

#[test]
fn files_are_replaced_with_their_mode_and_time() {
    for (arguments, name) in [
        (&["a"][..], "a.gz"),
        (&["-9", "a"], "a.gz"),
        (&["--fast", "a"], "a.gz"),
        (&["-n", "a"], "a.gz"),
        (&["-S", ".zip", "a"], "a.zip"),
        (&["--suffix=-z", "a"], "a-z"),
        (&["--synchronous", "a"], "a.gz"),
    ] {
        let bench = Bench::new(hello);
        let run = bench.run(OURS, arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        let left: Vec<_> = run.files.into_iter().collect();
        let time = i64::try_from(LONG_AGO).expect("it is small");
        assert_eq!(left, [(name.to_owned(), (0o100_640, time))], "{arguments:?}");
    }
}

#[test]
fn both_leave_the_same_files() {
    let good = packed("first", &text());
    let fill = |folder: &Path| {
        hello(folder);
        for name in ["b.gz", "c.tgz", "d.taz", "e-gz", "f_z", "g.Z", "h.xyz", "i.z"] {
            put(folder, name, &good);
        }
        symlink("a", folder.join("link")).expect("a link");
        fs::create_dir(folder.join("dir")).expect("a folder");
        put(&folder.join("dir"), "j.gz", &good);
    };
    for arguments in [
        &["a"][..],
        &["-k", "a"],
        &["-kf", "link"],
        &["-f", "link"],
        &["-f", "b.gz"],
        &["-S", ".xyz", "a"],
        &["-d", "b.gz", "c.tgz", "d.taz", "e-gz", "f_z", "g.Z", "i.z"],
        &["-d", "b"],
        &["-d", "i"],
        &["-d", "g"],
        &["-dN", "b.gz"],
        &["-dNk", "b.gz"],
        &["-dN", "dir/j.gz"],
        &["-d", "-S", ".xyz", "h.xyz"],
        &["-d", "-S", ".xyz", "h"],
        &["-d", "h.xyz"],
        &["-t", "h.xyz"],
        &["-d", "--", "b.gz"],
        &["--uncompress", "--keep", "b.gz"],
        &["-dc", "b.gz", "missing", "c.tgz"],
        &["-dc", "h.xyz"],
        &["-df", "b.gz", "a"],
    ] {
        same(fill, arguments, b"");
    }
}

#[test]
fn a_time_that_was_stored_is_restored_on_request() {
    // Packed long ago, and the compressed file is younger.
    let good = packed("first", &text());
    let fill = |folder: &Path| fs::write(folder.join("a.gz"), &good).expect("a file");
    let bench = Bench::new(fill);
    let run = bench.run(OURS, &["-dN", "a.gz"]);
    let time = i64::try_from(LONG_AGO).expect("it is small");
    assert_eq!(run.files.iter().map(|(name, (_, time))| (name.as_str(), *time)).collect::<Vec<_>>(), [("first", time)]);
    let run = Bench::new(fill).run(OURS, &["-d", "a.gz"]);
    assert_ne!(run.files["a"].1, time);
}

#[test]
fn force_replaces_what_is_there() {
    let fill = |folder: &Path| {
        hello(folder);
        put(folder, "a.gz", b"something else");
    };
    let bench = Bench::new(fill);
    assert_eq!(bench.run(OURS, &["-fk", "a"]).code, Some(0));
    assert_eq!(bench.run(gnu(), &["-dc", "a.gz"]).stdout, b"hello\n");
    fs::write(bench.path("a"), "changed").expect("a file");
    assert_eq!(bench.run(OURS, &["-df", "a.gz"]).code, Some(0));
    assert_eq!(fs::read(bench.path("a")).expect("it is there"), b"hello\n");
    assert_eq!(bench.names(), ["a"]);
}

#[test]
fn force_on_bad_data_keeps_what_is_there() {
    let bench = Bench::new(|folder| {
        hello(folder);
        put(folder, "a.gz", &packed("a", &text())[..100]);
    });
    assert_eq!(bench.run(OURS, &["-df", "a.gz"]).code, Some(1));
    assert_eq!(fs::read(bench.path("a")).expect("it is there"), b"hello\n");
    assert_eq!(bench.names(), ["a", "a.gz"]);
}

#[test]
fn force_to_standard_output_passes_other_data_on() {
    let good = packed("a", b"packed\n");
    let mixed = [&good[..], b"and plain\n"].concat();
    for data in [&b""[..], b"x", b"\x1f", b"plain text\n", &good, &mixed] {
        same(|_| {}, &["-dcf"], data);
        same(|folder| put(folder, "a", data), &["-dcf", "a"], b"");
    }
}

#[test]
fn standard_input_among_files() {
    let fill = |folder: &Path| {
        put(folder, "a.gz", &packed("a", b"one\n"));
        put(folder, "b.gz", &packed("b", b"three\n"));
    };
    let run = same(fill, &["-dc", "a.gz", "-", "b.gz"], &packed("x", b"two\n"));
    assert_eq!(run.stdout, b"one\ntwo\nthree\n");
}

#[test]
fn what_is_on_a_pipe_has_no_name_and_no_time() {
    let bench = Bench::new(|_| {});
    let run = bench.run_with(OURS, &[], b"hello\n");
    assert_eq!(run.stdout[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    for (level, remark) in [("-1", 4), ("-6", 0), ("-9", 2)] {
        assert_eq!(bench.run_with(OURS, &[level], b"hello\n").stdout[8], remark, "{level}");
    }
}

#[test]
fn a_name_is_stored_unless_it_is_not_wanted() {
    let bench = Bench::new(hello);
    let with = bench.run(OURS, &["-c", "a"]).stdout;
    assert_eq!(with[..12], bench.run(gnu(), &["-c", "a"]).stdout[..12]);
    let without = bench.run(OURS, &["-nc", "a"]).stdout;
    assert_eq!(without[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
}

/// A member of `hello` with this stored name.
fn named(name: &[u8]) -> Vec<u8> {
    let plain = packed("x", b"hello\n");
    [&plain[..10], name, b"\0", &plain[12..]].concat()
}

#[test]
fn a_stored_name_cannot_leave_the_folder() {
    for (stored, expected) in
        [(&b"../../evil"[..], "evil"), (b"/etc/evil", "evil"), (b"..", "a"), (b".", "a"), (b"", "a"), (b"x/", "a")]
    {
        let bench = Bench::new(|folder| put(folder, "a.gz", &named(stored)));
        let run = bench.run(OURS, &["-dNk", "a.gz"]);
        assert_eq!(run.code, Some(0), "{stored:?}: {}", run.stderr);
        assert_eq!(
            bench.names(),
            ["a.gz", expected]
                .map(str::to_owned)
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
        );
        assert_eq!(fs::read(bench.path(expected)).expect("it is there"), b"hello\n");
    }
}

#[test]
fn a_stored_name_that_is_too_long_is_refused() {
    let data = named(&[b'x'; 300]);
    let bench = Bench::new(|folder| put(folder, "a.gz", &data));
    let run = bench.run(OURS, &["-dN", "a.gz"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stderr, "\ngzip: a.gz: corrupted input -- file name too large\n");
    assert_eq!(bench.names(), ["a.gz"]);
    assert_eq!(bench.run(OURS, &["-d", "a.gz"]).code, Some(0));
}

#[test]
fn a_file_never_replaces_itself() {
    let bench = Bench::new(|folder| put(folder, "a.gz", &named(b"a.gz")));
    let run = bench.run(OURS, &["-dNf", "a.gz"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stderr, "gzip: a.gz and a.gz are the same file\n");
    assert_eq!(bench.run(gnu(), &["-dc", "a.gz"]).stdout, b"hello\n");
}

#[test]
fn a_stored_name_cannot_command_the_terminal() {
    let bench = Bench::new(|folder| put(folder, "a.gz", &named(b"x\x1b[31my")));
    let run = bench.run(OURS, &["-lN", "a.gz"]);
    assert!(run.stdout.ends_with(b" x?[31my\n"));
    let run = bench.run(OURS, &["-dNv", "a.gz"]);
    assert!(run.stderr.ends_with(" -- replaced with x?[31my\n"), "{}", run.stderr);
}

#[test]
fn the_programs_name_says_what_it_does() {
    let good = packed("a", b"hello\n");
    for (name, arguments) in [("gunzip", &["-c"][..]), ("zcat", &[])] {
        let bench = Bench::new(|folder| {
            symlink(OURS, folder.join(name)).expect("a link");
        });
        let program = bench.path(name);
        let run = bench.run_with(program.to_str().expect("text"), arguments, &good);
        assert_eq!((run.code, &run.stdout[..]), (Some(0), &b"hello\n"[..]), "{name}: {}", run.stderr);
        let run = bench.run_with(program.to_str().expect("text"), arguments, b"bad");
        assert_eq!(run.stderr, format!("\n{name}: stdin: not in gzip format\n"));
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let bench = Bench::new(|_| {});
    for arguments in [["-h"], ["--help"], ["-V"], ["--version"], ["-L"]] {
        let run = bench.run(OURS, &arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        let text = String::from_utf8(run.stdout).expect("text");
        let expected = if arguments[0].ends_with(['h', 'p']) { "Usage: gzip" } else { "gzip " };
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn modes_are_kept_without_the_bits_that_lend_identity() {
    let bench = Bench::new(|folder| {
        put(folder, "a", b"hello");
        fs::set_permissions(folder.join("a"), fs::Permissions::from_mode(0o1755)).expect("it is ours");
    });
    assert_eq!(bench.run(OURS, &["-f", "a"]).files["a.gz"].0, 0o100_755);
}
