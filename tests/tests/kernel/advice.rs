//! The line that explains a refusal: what would allow it can be pasted, and is right.

use std::fs::{self, File, FileTimes};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd as _};
use std::path::PathBuf;

use sandbox_rt::{Declared, Dir, OnViolation, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, call, forked};
use sandbox_tests::{args, scratch};

/// The cases of every kind of advice.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = directories();
    cases.extend(paths_beneath());
    cases.extend(paths_elsewhere());
    cases.extend([
        Case::new("advice::for_what_was_accepted", accepted),
        Case::new("advice::for_what_was_copied", copied),
        Case::new("advice::for_what_several_may_have_minted", several),
        Case::new("advice::for_times", times),
        Case::new("advice::for_none", none),
        Case::new("advice::for_lists", lists),
        Case::new("advice::none_for_hints", hints),
        Case::new("advice::ends_with_a_word", many),
    ]);
    cases
}

fn directories() -> Vec<Case> {
    vec![
        Case::new("advice::beneath::every_right_of_the_opening", || {
            beneath(
                "lookup + read",
                |d| expect_denied("create", d.create("b", 0o600)),
                "`openat(\"b\")` on `d` (fd N) refused: `d` has lookup + read. To allow it: \
                 fds(d = lookup + read + write + ftruncate + create)",
            );
        }),
        Case::new("advice::beneath::one_right_of_the_opening", || {
            beneath(
                "lookup + write + create",
                |d| expect_denied("create", d.create("b", 0o600)),
                "`openat(\"b\")` on `d` (fd N) refused: `d` has lookup + write + create. To allow it: \
                 fds(d = lookup + write + ftruncate + create)",
            );
        }),
        Case::new("advice::beneath::lookup", || {
            beneath(
                "read",
                |d| expect_denied("open", d.open("a")),
                "`openat(\"a\")` on `d` (fd N) refused: `d` has read. To allow it: fds(d = lookup + read)",
            );
        }),
        Case::new("advice::beneath::removal", || {
            beneath(
                "lookup + read",
                |d| expect_denied("remove", d.remove_file("a")),
                "`unlinkat(\"a\")` on `d` (fd N) refused: `d` has lookup + read. To allow it: \
                 fds(d = lookup + read + unlinkat)",
            );
        }),
        Case::new("advice::beneath::what_no_right_permits", || {
            beneath(
                "lookup + read",
                |d| {
                    let path_only = libc::O_PATH;
                    expect_denied("open", call(libc::SYS_openat, args![d.as_fd().as_raw_fd(), c"a", path_only]));
                },
                "`openat(\"a\")` on `d` (fd N) refused: `d` has lookup + read. No right permits it with these arguments",
            );
        }),
        Case::new("advice::beneath::from_a_directory_beneath", from_beneath),
        Case::new("advice::two::the_other_directory", || {
            two(
                "lookup + renameat_source",
                "lookup",
                |a, b| expect_denied("rename", a.rename("x", b, "y")),
                "`renameat(\"x\")` to `b` (fd B) refused: `b` has lookup. To allow it: fds(b = lookup + renameat_target)",
            );
        }),
        Case::new("advice::two::both_directories", || {
            two(
                "lookup",
                "lookup + read",
                |a, b| expect_denied("rename", a.rename("x", b, "y")),
                "`renameat(\"x\")` on `a` (fd A) refused: `a` has lookup. To allow it: \
                 fds(a = lookup + renameat_source, b = lookup + read + renameat_target)",
            );
        }),
        Case::new("advice::two::the_same_directory", || {
            two(
                "lookup",
                "hold",
                |a, _| expect_denied("rename", a.rename("x", a, "y")),
                "`renameat(\"x\")` on `a` (fd A) refused: `a` has lookup. To allow it: \
                 fds(a = lookup + renameat_source + renameat_target)",
            );
        }),
        Case::new("advice::two::links", || {
            two(
                "lookup + linkat_source",
                "lookup + linkat_source",
                |a, b| expect_denied("link", a.hard_link("x", b, "y")),
                "`linkat(\"x\")` to `b` (fd B) refused: `b` has lookup + linkat_source. To allow it: \
                 fds(b = lookup + linkat_source + linkat_target)",
            );
        }),
    ]
}

/// The line with the calls that libc makes: musl has kept the older ones.
pub(crate) fn by_path(line: &str) -> String {
    if cfg!(target_env = "musl") {
        line.replace("`openat(", "`open(").replace("`newfstatat(", "`stat(")
    } else {
        line.to_owned()
    }
}

/// A call by a path, in a program that has a directory declared so.
fn case(name: &str, rights: &'static str, act: fn(PathBuf), line: &'static str) -> Case {
    Case::new(format!("advice::paths::{name}"), move || {
        beneath(rights, |_| act(scratch::path("d")), &by_path(line));
    })
}

fn paths_beneath() -> Vec<Case> {
    vec![
        case(
            "beneath_a_directory",
            "lookup + read",
            |d| expect_denied("open", File::open(d.join("a"))),
            "`openat(\"DIR/a\")` refused: it lies beneath `d`: open it through the `Dir`: d.open(\"a\")",
        ),
        case(
            "beneath_a_directory_without_the_right",
            "lookup + read",
            |d| expect_denied("create", File::create(d.join("sub/b"))),
            "`openat(\"DIR/sub/b\")` refused: it lies beneath `d`: open it through the `Dir`: \
             d.create(\"sub/b\", 0o666), with fds(d = lookup + read + write + ftruncate + create)",
        ),
        case(
            "beneath_a_directory_by_a_relative_path",
            "lookup + read",
            |_| expect_denied("open", File::open("d/a")),
            "`openat(\"d/a\")` refused: it lies beneath `d`: open it through the `Dir`: d.open(\"a\")",
        ),
        case(
            "removal_beneath_a_directory",
            "lookup + read",
            |d| expect_denied("remove", fs::remove_file(d.join("a"))),
            "`unlink(\"DIR/a\")` refused: it lies beneath `d`: use the `Dir`: d.remove_file(\"a\"), \
             with fds(d = lookup + read + unlinkat)",
        ),
        case(
            "names_of_a_directory",
            "lookup + read",
            |d| expect_denied("list", fs::read_dir(d)),
            "`openat(\"DIR\")` refused: it lies beneath `d`: open it through the `Dir`: d.entries()",
        ),
        case(
            "metadata_beneath_a_directory",
            "lookup + read",
            |d| expect_denied("stat", fs::metadata(d.join("a"))),
            "`newfstatat(\"DIR/a\")` refused: it lies beneath `d`: use the `Dir`: d.metadata(\"a\"), \
             with fds(d = lookup + read + fstat)",
        ),
    ]
}

fn paths_elsewhere() -> Vec<Case> {
    vec![
        case(
            "up_and_out",
            "lookup + read",
            |_| expect_denied("open", File::open("d/../a")),
            "`openat(\"d/../a\")` refused: it is not beneath a declared directory. Open it before entry: \
             fds(NAME = open(\"d/../a\") => read)",
        ),
        case(
            "beside_a_directory",
            "lookup + read",
            |_| expect_denied("open", File::open("dd")),
            "`openat(\"dd\")` refused: it is not beneath a declared directory. Open it before entry: \
             fds(NAME = open(\"dd\") => read)",
        ),
        case(
            "creation",
            "hold",
            |_| expect_denied("create", File::create("/new")),
            "`openat(\"/new\")` refused: no directory is declared. Open it before entry: \
             fds(NAME = open(\"/new\").create(0o666).truncate() => write)",
        ),
        case(
            "appending",
            "hold",
            |_| expect_denied("append", File::options().append(true).read(true).open("/old")),
            "`openat(\"/old\")` refused: no directory is declared. Open it before entry: \
             fds(NAME = open(\"/old\").append() => read + write)",
        ),
        case(
            "removal",
            "hold",
            |_| expect_denied("remove", fs::remove_file("/etc/passwd")),
            "`unlink(\"/etc/passwd\")` refused: no directory is declared. To allow it: \
             fds(NAME = dir(\"/etc\") => lookup + unlinkat), and NAME.remove_file(\"passwd\")",
        ),
        case(
            "a_new_directory",
            "hold",
            |_| expect_denied("create", fs::create_dir("new")),
            "`mkdir(\"new\")` refused: no directory is declared. To allow it: \
             fds(NAME = dir(\".\") => lookup + mkdirat), and NAME.create_dir(\"new\", 0o777)",
        ),
        case(
            "renaming",
            "lookup + read",
            |_| expect_denied("rename", fs::rename("/x", "/y")),
            "`rename(\"/x\")` refused: it is not beneath a declared directory. To allow it: \
             fds(NAME = dir(\"/\") => lookup + renameat_source + renameat_target), and NAME.rename(\"x\", …)",
        ),
        case(
            "names",
            "hold",
            |_| expect_denied("list", fs::read_dir("/etc")),
            "`openat(\"/etc\")` refused: no directory is declared. To allow it: \
             fds(NAME = dir(\"/etc\") => lookup + read), and NAME.entries()",
        ),
        case(
            "what_a_directory_cannot_do",
            "lookup + read",
            |d| expect_denied("link", fs::read_link(d.join("a"))),
            "`readlink(\"DIR/a\")` refused: a confined program looks up no paths. Nothing can allow it: \
             do it before entry",
        ),
    ]
}

/// What the body prints, without the name of the sandbox.
fn said(body: impl FnOnce()) -> String {
    let child = forked(body);
    assert_eq!(child.end, End::Exited(0), "{}", child.stderr);
    let lines = child.stderr.lines().map(|line| line.strip_prefix("sandboxed `case`: ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn sandbox<'fd>() -> Sandbox<'fd> {
    Sandbox::new("case").on_violation(OnViolation::Report)
}

fn declared(text: &str) -> Declared {
    text.parse().expect("a declaration")
}

/// A directory `d` with a file `a` and a directory `sub`, from the folder in which it is.
fn directory() -> Dir {
    let path = scratch::path("d");
    fs::create_dir_all(path.join("sub")).expect("directories");
    fs::write(path.join("a"), "text").expect("a file");
    std::env::set_current_dir(scratch::folder()).expect("the folder");
    Dir::open_path(path).expect("the directory")
}

/// Asserts that what `body` does with a directory declared as `d` prints this line; `DIR` and `N` in it stand for its path
/// and its number.
#[track_caller]
fn beneath(rights: &str, body: impl FnOnce(&Dir), line: &str) {
    let d = directory();
    let number = d.as_fd().as_raw_fd();
    let line =
        line.replace("DIR", scratch::path("d").to_str().expect("a path")).replace("fd N", &format!("fd {number}"));
    let said = said(|| {
        sandbox().grant("d", &d, declared(rights)).enter().expect("entry");
        body(&d);
    });
    assert_eq!(said, line);
}

#[track_caller]
fn two(first: &str, second: &str, body: impl FnOnce(&Dir, &Dir), line: &str) {
    let (a, b) = (directory(), directory());
    let line = line
        .replace("fd A", &format!("fd {}", a.as_fd().as_raw_fd()))
        .replace("fd B", &format!("fd {}", b.as_fd().as_raw_fd()));
    let said = said(|| {
        sandbox().grant("a", &a, declared(first)).grant("b", &b, declared(second)).enter().expect("entry");
        body(&a, &b);
    });
    assert_eq!(said, line);
}

fn from_beneath() {
    let d = directory();
    let said = said(|| {
        sandbox().grant("d", &d, declared("lookup + read")).enter().expect("entry");
        expect_denied("create", d.open_dir("sub").expect("a directory").create_new("b", 0o600));
    });
    assert!(said.starts_with("`openat(\"b\")` on fd "), "{said}");
    let advice = " (opened beneath `d`) refused: it has lookup + read. \
                  To allow it: fds(d = lookup + read + write + create)";
    assert!(said.ends_with(advice), "{said}");
}

fn listener() -> (TcpListener, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let client = TcpStream::connect(listener.local_addr().expect("an address")).expect("connect");
    (listener, client)
}

/// A file of the case, open for reading and writing.
fn file() -> File {
    File::options().read(true).write(true).open(scratch::file("input", "text")).expect("the file")
}

fn accepted() {
    let (listener, _client) = listener();
    let mut number = None;
    let said = said(|| {
        sandbox().grant("listener", &listener, declared("accept(recv + send) + event")).enter().expect("entry");
        let (connection, _) = listener.accept().expect("accept");
        eprintln!("{}", connection.as_raw_fd());
        expect_denied("peer_addr", connection.peer_addr());
    });
    let line = said.split_once('\n').map(|(first, line)| {
        number = Some(first.to_owned());
        line
    });
    assert_eq!(
        line,
        Some(
            format!(
                "`getpeername` on fd {} (accepted from `listener`) refused: it has read + write. \
                 To allow it: fds(listener = accept(read + write + getpeername) + event)",
                number.unwrap_or_default()
            )
            .as_str()
        )
    );
}

fn copied() {
    let input = file();
    let said = said(|| {
        sandbox().grant("input", &input, declared("read + dup")).enter().expect("entry");
        let mut copy = input.try_clone().expect("a copy");
        expect_denied("write", copy.write(b"w"));
    });
    assert!(said.contains("(copied from `input`) refused: it has read + dup."), "{said}");
    assert!(said.ends_with("To allow it: fds(input = read + write + dup)"), "{said}");
}

fn several() {
    let (listener, _client) = listener();
    let d = directory();
    let said = said(|| {
        sandbox()
            .grant("listener", &listener, declared("accept(recv)"))
            .grant("d", &d, declared("lookup + read"))
            .enter()
            .expect("entry");
        let mut opened = d.open("a").expect("open");
        // Only a file can be truncated …
        expect_denied("truncate", opened.set_len(0));
        // … but anything be written.
        expect_denied("write", opened.write(b"w"));
    });
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].contains("(accepted from `listener` or opened beneath `d`) refused: it has lookup + read."),
        "{said}"
    );
    assert!(lines[0].ends_with("To allow it: fds(d = lookup + read + ftruncate)"), "{said}");
    let both = "To allow it: fds(listener = accept(read + write) or d = lookup + read + write)";
    assert!(lines[1].ends_with(both), "{said}");
}

fn times() {
    let input = file();
    let number = input.as_raw_fd();
    let said = said(|| {
        sandbox().grant("input", &input, declared("read")).enter().expect("entry");
        expect_denied("set_times", input.set_times(FileTimes::new()));
    });
    let line = format!(
        "`utimensat` on `input` (fd {number}) refused: `input` has read. To allow it: fds(input = read + futimes)"
    );
    assert_eq!(said, line);
}

fn none() {
    let mut input = file();
    let number = input.as_raw_fd();
    let said = said(|| {
        sandbox().grant("input", &input, declared("none")).enter().expect("entry");
        expect_denied("read", input.read(&mut [0]));
    });
    let line =
        format!("`read` on `input` (fd {number}) refused: `input` is declared none. To allow it: fds(input = read)");
    assert_eq!(said, line);
}

/// A list that is there is made longer: a right is written once.
fn lists() {
    let input = file();
    let number = input.as_raw_fd();
    let said = said(|| {
        sandbox().grant("input", &input, declared("read + ioctl(0x5413) + fcntl(getfl)")).enter().expect("entry");
        expect_denied("ioctl", call(libc::SYS_ioctl, args![number, 0x541b, 0]));
        expect_denied("fcntl", call(libc::SYS_fcntl, args![number, libc::F_SETFL, libc::O_NONBLOCK]));
    });
    let has = "`input` has read + fcntl(getfl) + ioctl(0x5413). To allow it: fds(input = read";
    let lines = [
        format!("`ioctl` on `input` (fd {number}) refused: {has} + fcntl(getfl) + ioctl(0x5413, 0x541b))"),
        format!("`fcntl` on `input` (fd {number}) refused: {has} + fcntl(getfl, setfl) + ioctl(0x5413))"),
    ];
    assert_eq!(said, lines.join("\n"));
}

/// What std asks for and does without is not explained: the size and the position before it reads to the end, and
/// whether there is a statx, which glibc asks by way of newfstatat.
fn hints() {
    let mut input = file();
    let said = said(|| {
        sandbox().grant("input", &input, declared("read")).enter().expect("entry");
        expect_denied("newfstatat", call(libc::SYS_newfstatat, args![0, 0, 0, 0]));
        input.read_to_end(&mut Vec::new()).expect("read");
    });
    assert_eq!(said, "");
}

/// After 64 different refusals one more line, and silence.
fn many() {
    let input = file();
    let said = said(|| {
        sandbox().grant("input", &input, declared("read")).enter().expect("entry");
        for place in 0..70 {
            expect_denied("open", File::open(format!("/missing/{place}")));
        }
    });
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 65, "{said}");
    assert!(lines[63].contains("/missing/63"), "{said}");
    assert_eq!(lines[64], "64 different refusals were explained; others are refused without a line");
}
