use sandbox_policy::Declared;

use super::*;

fn learned(line: u32, resources: &[(&str, &str)], threads: bool) -> Learned {
    let resources = resources.iter().map(|(name, needed)| Resource {
        name: (*name).to_owned(),
        held: true,
        declared: Some(Declared::default()),
        needed: needed.parse().expect("rights"),
        ..Resource::default()
    });
    let function = "f".to_owned();
    Learned { function, line, resources: resources.collect(), threads, ..Learned::default() }
}

/// The source with what was learned about the declaration in this line.
fn edited(source: &str, function: &Learned) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("source.rs");
    fs::write(&path, source).expect("a file");
    let edit = edit(&path, &[function]).expect("an edit");
    edit.apply().expect("written");
    assert_eq!(fs::read_to_string(&path).expect("read"), edit.new);
    edit.new
}

#[test]
fn nothing_declared_becomes_what_was_seen() {
    let function = learned(1, &[("input", "read"), ("out", "write + seek"), ("lock", "hold")], true);
    let expected = "#[sandboxed(fds(input = read, out = write + seek, lock = hold), allow(threads))]\nfn f() {}\n";
    for now in ["#[sandboxed(learn)]", "#[sandboxed]", "#[sandboxed()]", "#[sandboxed(fds(), learn)]"] {
        assert_eq!(edited(&format!("{now}\nfn f() {{}}\n"), &function), expected, "{now}");
    }
}

#[test]
fn what_is_not_about_rights_stays() {
    let needed = [("log", "write"), ("self.sock", "read"), ("stdout", "write"), ("rx", "read + event")];
    let function = learned(2, &needed, false);
    let source = r#"// é
#[sandbox_rt::sandboxed(fds(let a = f(1, 2)?, mut log: File = open(&a.path).append() => write + fsync,
    self.sock = read + write, rx = bind(("::", 1))? => read), allow(threads, debuggable), on_violation = kill)]
fn f(&self) {}
"#;
    let expected = r#"// é
#[sandbox_rt::sandboxed(
    fds(
        let a = f(1, 2)?,
        mut log: File = open(&a.path).append() => write,
        self.sock = read,
        rx = bind(("::", 1))? => read + event,
        stdout = write,
    ),
    allow(debuggable),
    on_violation = kill,
)]
fn f(&self) {}
"#;
    assert_eq!(edited(source, &function), expected);
}

#[test]
fn statements_are_found_in_functions() {
    let function = Learned { function: "main.rs:3".to_owned(), ..learned(3, &[("input", "read")], false) };
    let source = "fn main() {\n    let input = f();\n    sandbox_rt::enter!(learn);\n    g(input);\n}\n";
    let expected = source.replace("(learn)", "(fds(input = read))");
    assert_eq!(edited(source, &function), expected);
}

/// A declaration that has moved is found by the name of its function. One line that was another's is left alone.
#[test]
fn functions_are_found_where_they_are_now() {
    let source = "#[sandboxed]\nfn g() {}\n\n#[sandboxed(learn)]\npub(crate) unsafe fn f() {}\n";
    let expected = source.replace("(learn)", "(fds(input = read))");
    for line in [1, 4, 7] {
        assert_eq!(edited(source, &learned(line, &[("input", "read")], false)), expected, "{line}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("source.rs");
    for source in ["fn f() {}\n", "#[sandboxed]\nfn g() {}\n", "fn main() {\n    enter!(learn);\n}\n"] {
        fs::write(&path, source).expect("a file");
        for line in [1, 2] {
            let edit = edit(&path, &[&learned(line, &[("input", "read")], false)]).expect("a source");
            assert_eq!((edit.new.as_str(), &edit.missing[..]), (source, &["f".to_owned()][..]));
        }
    }
    // Two of a name: it cannot be told which of them moved.
    let two = "mod a {\n    #[sandboxed]\n    fn f() {}\n}\nmod b {\n    #[sandboxed]\n    fn f() {}\n}\n";
    fs::write(&path, two).expect("a file");
    let both = [&learned(2, &[("x", "read")], false), &learned(3, &[("y", "read")], false)];
    let edit = edit(&path, &both).expect("a source");
    assert_eq!(edit.new, two.replacen("#[sandboxed]", "#[sandboxed(fds(x = read))]", 1));
    assert_eq!(edit.missing.len(), 1);
    fs::write(&path, "fn f( {\n").expect("a file");
    super::edit(&path, &both).expect_err("no source");
}

#[test]
fn a_declaration_for_one_system_is_found_beside_another() {
    let source = r#"#[cfg_attr(not(target_os = "freebsd"), sandboxed(learn))]
#[cfg_attr(
    target_os = "freebsd",
    sandboxed
)]
fn f() {}
"#;
    let needed = [("capture", "read"), ("out", "write")];
    let list = "(fds(capture = read, out = write))";
    assert_eq!(edited(source, &learned(1, &needed, false)), source.replace("(learn)", list));
    assert_eq!(
        edited(source, &learned(4, &needed, false)),
        source.replace("sandboxed\n", &format!("sandboxed{list}\n"))
    );
}

/// Comments stay where they are, and so does everything that needs no change.
#[test]
fn comments_stay() {
    let source = r#"#[cfg_attr(all(), sandboxed(
    // the words are a stranger's
    learn, // for now
    fds(
        // where they come from
        input = hold, // and nothing else
        /* where they go */ out = write + seek,
        // opened here
        log = open("log") /* new */ => write,
    ),
    allow(threads), // counted
    on_violation = kill, // without a word
))]
fn f() {}
"#;
    let expected = r#"#[cfg_attr(all(), sandboxed(
    // the words are a stranger's
    // for now
    fds(
        // where they come from
        input = read, // and nothing else
        /* where they go */ out = write,
        // opened here
        log = open("log") /* new */ => write + fsync,
        stdout = write,
    ),
    // counted
    on_violation = kill, // without a word
))]
fn f() {}
"#;
    let needed = [("input", "read"), ("out", "write"), ("log", "write + fsync"), ("stdout", "write")];
    let here = learned(1, &needed, false);
    assert_eq!(edited(source, &here), expected);
    assert_eq!(edited(expected, &here), expected, "once is enough");
    let read = [("input", "read")];
    for (now, expected) in [
        ("(/* a */)", "(fds(input = read), allow(threads)/* a */)"),
        ("(learn /* a */)", "(fds(input = read), allow(threads) /* a */)"),
        ("(/* a */ on_violation = kill)", "(fds(input = read), allow(threads), /* a */ on_violation = kill)"),
        ("(fds(/* a */), allow())", "(fds(input = read/* a */), allow(threads))"),
        ("(fds(input = none) /* a */, allow(jit))", "(fds(input = read) /* a */, allow(threads, jit))"),
        ("(fds(let a = b()) /* a */, allow(threads))", "(fds(let a = b(), input = read) /* a */, allow(threads))"),
    ] {
        let of = |list: &str| format!("#[sandboxed{list}]\nfn f() {{}}\n");
        assert_eq!(edited(&of(now), &learned(1, &read, true)), of(expected), "{now}");
    }
    let fewer = edited("#[sandboxed(/* a */ learn, allow(jit, threads))]\nfn f() {}\n", &learned(1, &[], false));
    assert_eq!(fewer, "#[sandboxed(/* a */ allow(jit, ))]\nfn f() {}\n");
}
