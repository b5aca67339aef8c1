//! Programs that do one thing after the other, to see each of them learned.

use crate::desk::{Desk, changed};

const COPY: &str = r#"use std::fs::File;
use std::io::{self, Read, Seek, Write};

use sandbox_rt::sandboxed;

#[sandboxed(learn)]
fn copy(mut input: File, mut out: File, word: &str) -> io::Result<()> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    out.write_all(text.as_bytes())?;
    out.rewind()?;
    println!("{word}");
    std::thread::spawn(|| ()).join().expect("it ends");
    drop(File::open("/etc/hostname"));
    Ok(())
}

fn main() -> io::Result<()> {
    copy(File::open("Cargo.toml")?, File::create("copy")?, "copied")
}
"#;

/// From a declaration that says nothing to one that is enforced; and no way around it in the environment.
#[test]
fn from_nothing_to_a_confined_program() {
    let desk = Desk::program("copies", COPY);
    let said = desk.succeed("cargo sandbox learn --file learned --fresh --runs 2 -- cargo run");
    for part in [
        "copies::copy  src/main.rs:6, entered 2 times\n",
        "  out     write + seek\n            seek: lseek\n            write: write\n",
        "  allow(threads)  clone\n",
        "cannot be granted: openat(\"/etc/hostname\")\n    open it before entry: NAME = open(\"/etc/hostname\") => read; \
            or its directory: NAME = dir(\"/etc\") => lookup + read\n",
        "--- src/main.rs\n",
        "+#[sandboxed(fds(input = read, out = write + seek, stdout = write), allow(threads))]\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(desk.read("src/main.rs"), COPY, "without `--apply` nothing is changed");
    let refused = desk.fail("cargo build", 101);
    assert!(refused.contains("`learn` needs a build that learns"), "{refused}");

    // The build that learned does nothing by itself.
    let said = desk.fail("rm copy; $CARGO_TARGET_DIR/sandbox-learn/build/debug/copies", 1);
    assert!(said.contains("built to learn what it should declare"), "{said}");
    assert_eq!(desk.read("copy"), "", "the body did not run");
    let said = desk.run("cargo sandbox doctor $CARGO_TARGET_DIR/sandbox-learn/build/debug/copies");
    assert!(said.code == Some(1) && said.out.contains("it is built to learn, and enforces nothing"), "{said:?}");

    // What was learned is kept.
    let said = desk.succeed("cargo sandbox learn --file learned --apply -- cargo run");
    assert!(said.contains("entered 3 times") && said.contains("1 file changed"), "{said}");
    let line = "#[sandboxed(fds(input = read, out = write + seek, stdout = write), allow(threads))]";
    assert!(desk.read("src/main.rs").contains(line));

    // An ordinary build is confined, whatever its environment says.
    let said = desk.run("touch seen; SANDBOX_LEARN=$PWD/seen cargo run --quiet");
    assert!(said.code == Some(0) && said.out == "copied\n", "{said:?}");
    assert!(said.err.contains("`openat(\"/etc/hostname\")` refused"), "{said:?}");
    assert_eq!(desk.read("seen"), "");
    assert_eq!(desk.read("copy"), desk.read("Cargo.toml"));
    let said = desk.succeed("cargo sandbox explain -p copies copy --bin copies");
    assert!(said.contains("    out     write + seek\n") && said.contains("      lseek: allow if a0 is 4"), "{said}");
    let said = desk.fail("cargo sandbox learn -- $CARGO_TARGET_DIR/debug/copies", 2);
    assert!(said.contains("is an ordinary build"), "{said}");
}

/// What is declared and never seen is said, and what is not about rights stays.
#[test]
fn a_declaration_is_made_smaller() {
    let declared = "#[sandboxed(fds(input = read + fsync, out = write + seek, stdout = write, \
        log = sandbox_rt::open(\"log\").create(0o600) => write + seek), allow(threads), on_violation = kill)]";
    let source = COPY
        .replace("#[sandboxed(learn)]", declared)
        .replace("drop(File::open(\"/etc/hostname\"));", "(&log).write_all(b\"x\")?;");
    let desk = Desk::program("logs", &source);
    let said = desk.succeed("cargo sandbox learn --file learned --apply -- cargo run");
    assert!(
        said.contains("declared and never seen: fsync\n") && said.contains("declared and never seen: seek\n"),
        "{said}"
    );
    let now = desk.read("src/main.rs");
    assert!(
        now.contains("input = read,") && now.contains("log = sandbox_rt::open(\"log\").create(0o600) => write,"),
        "{now}"
    );
    assert!(now.contains("on_violation = kill"), "{now}");
    assert_eq!(desk.succeed("cargo run --quiet"), "copied\n");
    assert_eq!(desk.read("log"), "x");
}

const FIELDS: &str = r#"use std::fs::File;
use std::io::{self, Read, Write};

use sandbox_rt::{Holds, sandboxed};

#[derive(Holds)]
struct Files {
    from: File,
    to: File,
}

struct Log(File);

#[sandboxed(learn)]
fn copy(mut files: Files, log: &Log, extra: Option<File>) -> io::Result<()> {
    let mut text = String::new();
    files.from.read_to_string(&mut text)?;
    files.to.write_all(text.as_bytes())?;
    drop(extra);
    (&log.0).write_all(b"copied")
}

fn main() -> io::Result<()> {
    let files = Files { from: File::open("Cargo.toml")?, to: File::create("copy")? };
    copy(files, &Log(File::create("log")?), None)
}
"#;

/// Fields of a type that derives `Holds` are told apart. What a type hides is said, and learned when it is named.
#[test]
fn what_stands_in_fields_is_learned() {
    let desk = Desk::program("fields", FIELDS);
    let said = desk.succeed("cargo sandbox learn --file learned --apply -- cargo run");
    let log = desk.here.join("log");
    let advice = "it was open before entry, and nothing that is declared holds it: \
        name the parameter, local or field that does, fds(NAME = hold), and learn again";
    let expected = format!("  cannot be granted: write on `{}`\n    {advice}\n", log.display());
    assert!(said.contains(&expected), "{said}");
    let source = desk.read("src/main.rs");
    let named = changed(&source, "files.to = write", "files.to = write, log.0 = hold");
    desk.write("src/main.rs", &named);
    let said = desk.succeed("cargo sandbox learn --file learned --fresh --apply -- cargo run");
    assert!(!said.contains("cannot be granted"), "{said}");
    let unseen = "  extra       hold\n                no descriptor was ever in it: what it needs was not seen\n";
    assert!(said.contains(unseen), "{said}");
    let declared = "#[sandboxed(fds(files.from = read, files.to = write, log.0 = write, extra = hold))]";
    assert_eq!(desk.read("src/main.rs"), FIELDS.replace("#[sandboxed(learn)]", declared));
    desk.succeed("cargo run --quiet");
    assert_eq!((desk.read("copy"), desk.read("log")), (desk.read("Cargo.toml"), "copied".to_owned()));
}

/// What cannot be done says why, and what to do: outside of a package, and when the command fails.
#[test]
fn without_a_package_or_a_program_nothing_is_learned() {
    let desk = Desk::new();
    for line in ["cargo sandbox learn -- cargo run", "cargo sandbox explain -p none"] {
        let said = desk.fail(line, 2);
        assert!(said.starts_with("error: cannot find the package here: could not find `Cargo.toml`"), "{line}: {said}");
        assert!(said.ends_with("\nhelp: run this in the folder of a package\n"), "{line}: {said}");
    }
    let desk =
        Desk::program("fails", &changed(COPY, "fn main() -> io::Result<()> {", "fn main() -> io::Result<()> {\n?"));
    let said = desk.fail("cargo sandbox learn --file learned -- cargo run", 2);
    let expected = "error: nothing was learned: the command failed (exit status: 101) and entered no confined function\n\
        help: see above what it said, and run it again when it works\n";
    assert!(said.contains("error: expected expression, found `?`") && said.ends_with(expected), "{said}");
}

const TWO: &str = r#"use std::fs::File;
use std::io::{self, Read, Write};

use sandbox_rt::sandboxed;

#[sandboxed(learn)]
fn copy(mut everything_that_is_read: File, mut everything_that_is_written: File) -> io::Result<()> {
    let mut text = String::new();
    everything_that_is_read.read_to_string(&mut text)?;
    everything_that_is_written.write_all(text.as_bytes())?;
    println!("copied");
    Ok(())
}

#[sandboxed(learn)]
fn count(mut input: File) -> io::Result<()> {
    let mut text = String::new();
    input.read_to_string(&mut text).map(drop)
}

fn main() -> io::Result<()> {
    let input = File::open("Cargo.toml")?;
    if std::env::args().count() > 1 { count(input) } else { copy(input, File::create("copy")?) }
}
"#;

/// A declaration that becomes longer moves those below it. What was learned of them before stays theirs.
#[test]
fn what_was_learned_moves_with_the_source() {
    let desk = Desk::program("moves", TWO);
    let learn = "cargo sandbox learn --file learned --apply -- cargo run --quiet";
    let said = desk.succeed(&format!("{learn} -- count"));
    assert!(said.contains("moves::count  src/main.rs:15, entered 1 time\n"), "{said}");
    let said = desk.succeed(learn);
    assert!(said.contains("+#[sandboxed(\n+    fds(everything"), "{said}");
    let longer = desk.read("src/main.rs");
    let said = desk.succeed(&format!("{learn} -- count"));
    assert!(said.contains("entered 2 times\n  input  read\n") && !said.contains("src/main.rs:15"), "{said}");
    assert!(said.contains("src/main.rs says it already\n0 files changed\n"), "{said}");
    assert_eq!(desk.read("src/main.rs"), longer);

    // One that is gone is said, and the others are written.
    let gone = changed(
        &changed(&longer, "#[sandboxed(fds(input = read))]\n", ""),
        "everything_that_is_read = read",
        "everything_that_is_read = read + seek",
    );
    desk.write("src/main.rs", &gone);
    let said = desk.succeed(learn);
    assert!(said.contains("no patch for moves::count: `src/main.rs` holds no declaration of it now"), "{said}");
    assert!(said.contains("1 file changed"), "{said}");
}
