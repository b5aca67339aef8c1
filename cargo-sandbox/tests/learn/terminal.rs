//! What a terminal shows while cargo builds: the line that moves, and all that is said beside it.

use std::collections::BTreeSet;

use crate::desk::Desk;

/// The first function is warned of, and the other does not compile.
const WRONG: &str = r#"fn warned() {
    let unused = 1;
}

fn main() {
    let _: u32 = "text";
    warned();
}
"#;

/// The lines that stay on the screen when a line that is taken away is overwritten.
fn shown(text: &str) -> BTreeSet<String> {
    let text = text.replace("\x1b[2K", "\r");
    let staying = text.split('\n').filter_map(|line| line.trim_end_matches('\r').rsplit('\r').next());
    staying.map(|line| anstream::adapter::strip_str(line).to_string()).collect()
}

/// Everything that is said without a terminal stands on one too, each line from its beginning.
#[test]
fn what_cargo_says_is_whole_on_a_terminal() {
    let desk = Desk::program("wrong", WRONG);
    let without = desk.fail("cargo sandbox explain -p wrong", 2);
    assert!(!without.contains(['\x1b', '\r']), "{without:?}");
    for line in
        ["error[E0308]: mismatched types", "warning: unused variable: `unused`", "error: could not compile `wrong`"]
    {
        assert!(without.contains(line), "{line}: {without}");
    }
    let said = desk.run("script --quiet --return --command 'cargo sandbox explain -p wrong' /dev/null");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.out.contains("building `wrong`"), "the line that moves: {said:?}");
    let shown = shown(&said.out);
    for line in without.lines() {
        assert!(shown.contains(line), "{line:?} is not in {shown:#?}");
    }
}
