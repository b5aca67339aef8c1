//! What the documents hold of the code is generated from it. `BLESS=1 cargo test -p sandbox-tests --test documents`
//! writes it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sandbox_policy::linux::base::{BASE, Need};
use sandbox_policy::vocabulary::document;
use sandbox_tests::conformance;
use sandbox_tests::suspended::GROUPS;

/// The workspace: where cargo, or whoever runs the test without it, says that the package is now.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo");
    Path::new(&package).parent().expect("the workspace").to_owned()
}

/// The base set, an entry a line.
fn base() -> String {
    let mut text = String::from("| call | for |\n|---|---|\n");
    for entry in BASE {
        let threads = match entry.need {
            Need::Always => "",
            Need::Threads => " (with `allow(threads)`)",
        };
        let _ = writeln!(text, "| `{}`{threads} | {} |", entry.call.name(), entry.reason);
    }
    text
}

/// The files with unsafe code, and how many blocks each has. Tests are not shipped.
fn unsafe_code() -> String {
    let mut files = Vec::new();
    collect(&root().join("sandbox-rt/src"), &mut files);
    collect(&root().join("sandbox-policy/src"), &mut files);
    collect(&root().join("sandbox-macros/src"), &mut files);
    files.sort();
    let mut text = String::from("| file | unsafe blocks |\n|---|---|\n");
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a source file");
        let blocks = source
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.starts_with("//"))
            .map(|line| line.matches("unsafe {").count() + line.matches("unsafe extern").count())
            .sum::<usize>();
        if blocks > 0 {
            let name = file.strip_prefix(root()).expect("in the workspace");
            let _ = writeln!(text, "| `{}` | {blocks} |", name.display());
        }
    }
    text
}

/// What becomes of the escape tests' attempts while the filter is suspended.
fn suspended() -> String {
    let list = |names: &[&str]| if names.is_empty() { "–".to_owned() } else { names.join("; ") };
    let mut text =
        String::from("| group | still refused | refused where nothing can be minted | open |\n|---|---|---|---|\n");
    for group in GROUPS {
        let columns = [group.refused, group.refused_unless_minting, group.open].map(list).join(" | ");
        let _ = writeln!(text, "| {} | {columns} |", group.name.replace('_', " "));
    }
    text
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

fn compare(section: &str, generated: &str) {
    let path = root().join("SECURITY.md");
    let document = std::fs::read_to_string(&path).expect("SECURITY.md");
    let start = format!("<!-- generated: {section} -->\n");
    let (before, rest) = document.split_once(&start).expect("the section's start");
    let (held, after) = rest.split_once("<!-- end -->").expect("the section's end");
    if held == generated {
        return;
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{start}{generated}<!-- end -->{after}")).expect("write SECURITY.md");
        return;
    }
    panic!("SECURITY.md differs from the code in section `{section}`; run this test with BLESS=1 to write it");
}

/// One test, so that the sections are not written at the same time.
#[test]
fn security_says_what_the_code_does() {
    compare("rights", &document::markdown());
    compare("conformance", &conformance::markdown());
    compare("base", &base());
    compare("suspended", &suspended());
    compare("unsafe", &unsafe_code());
}

#[test]
fn unsafe_code_stands_under_sys_only() {
    let listed = unsafe_code();
    for line in listed.lines().skip(2) {
        assert!(line.contains("sandbox-rt/src/sys/"), "{line}");
    }
    assert!(listed.contains("sandbox-rt/src/sys/linux/seccomp.rs"), "the search finds what is there");
}
