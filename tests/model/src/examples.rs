//! The declarations of the programs under `examples/`, read from their sources.

use std::fs;
use std::path::Path;

use crate::Declaration;

/// One declaration for every `#[sandboxed(…)]` and `enter!(…)` there. For this package's tests: cargo, or whoever runs
/// them without it, says where the package is.
///
/// # Panics
///
/// If the sources cannot be read, or hold none.
#[must_use]
pub fn examples() -> Vec<Declaration> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo");
    let folder = Path::new(&package).join("../../examples");
    let mut found = Vec::new();
    for program in fs::read_dir(&folder).expect("the examples").map(|entry| entry.expect("an example").path()) {
        // Tests of examples are not examples.
        if !program.is_dir() || program.ends_with("tests") {
            continue;
        }
        for source in fs::read_dir(&program).expect("its sources").map(|entry| entry.expect("a source").path()) {
            if source.extension().is_some_and(|extension| extension == "rs") {
                let name = program.file_name().expect("a name").to_string_lossy();
                found.extend(declarations(&name, &fs::read_to_string(&source).expect("a source")));
            }
        }
    }
    assert!(!found.is_empty(), "no declarations in {}", folder.display());
    found
}

fn declarations(program: &str, source: &str) -> Vec<Declaration> {
    let mut found = Vec::new();
    for (at, attribute) in ["#[sandboxed(", "enter!("].into_iter().flat_map(|start| source.match_indices(start)) {
        let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
        if source[line..at].trim_start().starts_with("//") {
            continue;
        }
        let Some(body) = inside(&source[at + attribute.len()..]) else { continue };
        let mut declaration = Declaration::new(format!("{program}, {}", found.len() + 1));
        declaration.threads = body.contains("threads");
        let resources = body.find("fds(").and_then(|at| inside(&body[at + "fds(".len()..])).unwrap_or_default();
        for (number, entry) in (3..).zip(split(resources).filter(|entry| !entry.trim_start().starts_with("let "))) {
            let (name, rights) = entry.split_once('=').unwrap_or_else(|| panic!("{program}: `{entry}`"));
            // What is acquired has its rights behind the arrow.
            let rights = rights.rsplit_once("=>").map_or(rights, |(_, rights)| rights);
            let name = name.split(':').next().unwrap_or(name).trim().trim_start_matches("mut ");
            let number = match name {
                "stdin" => 0,
                "stdout" => 1,
                "stderr" => 2,
                _ => number,
            };
            declaration = declaration.grant(name, number, &rights.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        found.push(declaration);
    }
    found
}

/// The text up to the parenthesis that closes the one before it.
fn inside(text: &str) -> Option<&str> {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return Some(&text[..at]);
        }
    }
    None
}

/// The entries between commas outside of parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let separator = move |character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        character == ',' && depth == 0
    };
    text.split(separator).filter(|entry| !entry.trim().is_empty())
}
