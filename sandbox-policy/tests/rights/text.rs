//! Rights as they are written.

use proptest::prelude::*;
use sandbox_policy::check::union;
use sandbox_policy::vocabulary::{self, Row};
use sandbox_policy::{Declared, Fcntls, Rights};

use crate::rows;

/// How a right is written, with the list that it needs.
fn term(row: &Row) -> String {
    match row.name {
        "ioctl" => "ioctl(0x5413, 21505)".to_owned(),
        "fcntl" => "fcntl(getfl, setfl)".to_owned(),
        "accept" => "accept(fstat)".to_owned(),
        name => name.to_owned(),
    }
}

/// The rows that can be granted, and before them those that they need.
fn with_needs(rows: &[&'static Row]) -> Vec<&'static Row> {
    let rows: Vec<&'static Row> = rows.iter().copied().filter(|row| row.granted_by_none().is_none()).collect();
    let has = |rights: Rights| rows.iter().any(|row| row.rights.contains(rights) && !row.is_composite());
    let mut needed = rows.iter().fold(Rights::NONE, |needed, row| needed | row.needs);
    if rows.iter().any(|row| row.rights.contains(Rights::ACCEPT)) {
        needed = needed | Rights::ACCEPT;
    }
    let missing = vocabulary::rows()
        .filter(|row| row.is_spoken() && !row.rights.is_empty() && needed.contains(row.rights) && !has(row.rights));
    missing.chain(rows.iter().copied()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_is_read_again(rows in rows(), minted in rows(), mints in any::<bool>()) {
        let written = |rows: &[&'static Row]| with_needs(rows).iter().map(|row| term(row)).collect::<Vec<_>>().join(" + ");
        let mut declared: Declared = written(&rows).parse().unwrap_or_default();
        let minted: Declared = written(&minted).parse().unwrap_or_default();
        if mints && minted.minted.is_none() && declared.rights.contains(Rights::ACCEPT) {
            declared.minted = Some(Box::new(minted));
        }
        prop_assert_eq!(declared.to_string().parse::<Declared>(), Ok(declared));
    }

    #[test]
    fn a_list_means_the_union_of_its_rights(rows in rows(), spaces in 0..3_usize, trailing in any::<bool>()) {
        let rows = with_needs(&rows);
        prop_assume!(!rows.is_empty());
        let plus = format!("{0}+{0}", " ".repeat(spaces));
        let mut text = rows.iter().map(|row| term(row)).collect::<Vec<_>>().join(&plus);
        if trailing {
            text.push_str(" +");
        }
        let declared: Declared = text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"));
        prop_assert_eq!(declared.rights, rows.iter().fold(Rights::NONE, |all, row| all | row.rights));
        let named = |name| rows.iter().any(|row| row.name == name);
        prop_assert_eq!(declared.ioctls, if named("ioctl") { vec![0x5413, 0x5401] } else { vec![] });
        let commands = if named("fcntl") { Fcntls::GETFL.union(Fcntls::SETFL) } else { Fcntls::NONE };
        prop_assert_eq!(declared.fcntls, commands);
        prop_assert!(!declared.gone);
    }

    #[test]
    fn what_is_shown_means_the_same_set(rows in rows()) {
        let rights = rows.iter().fold(Rights::NONE, |all, row| all | row.rights);
        let shown = rights.to_string();
        if rights.is_empty() {
            prop_assert_eq!(shown, "none");
        } else {
            prop_assert_eq!(union(shown.split(" + ")), rights, "{}", shown);
            // None of the words can be left out.
            for left_out in rights.names() {
                let others = rights.names().into_iter().filter(|name| *name != left_out);
                prop_assert_ne!(union(others), rights, "`{}` is superfluous in {}", left_out, rights);
            }
        }
    }

    #[test]
    fn what_is_shown_parses_to_the_same_set(rows in rows()) {
        let rows = with_needs(&rows);
        let rights = rows.iter().fold(Rights::NONE, |all, row| all | row.rights);
        let shown = rights.to_string();
        // Lists are no part of a set.
        let written = shown.replace("ioctl", "ioctl(1)").replace("fcntl", "fcntl(getfl)").replace("accept", "accept(hold)");
        prop_assert_eq!(written.parse::<Declared>().map(|declared| declared.rights), Ok(rights), "{}", shown);
    }

    #[test]
    fn what_is_declared_is_shown_as_it_is_written(rows in rows()) {
        let terms: Vec<String> = with_needs(&rows).iter().map(|row| term(row)).collect();
        prop_assume!(!terms.is_empty());
        let mut declared: Declared = terms.join(" + ").parse().unwrap();
        // In the order of numbers.
        declared.ioctls.sort_unstable();
        prop_assert_eq!(declared.to_string().parse::<Declared>(), Ok(declared.clone()), "{}", declared);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}", words in prop::collection::vec("[a-z_(+), 0]{0,9}|accept\\(|read|\\)|\\+", 0..12)) {
        for text in [text, words.concat()] {
            if let Err(error) = text.parse::<Declared>() {
                prop_assert!(!error.message.is_empty());
                prop_assert!(!error.message.ends_with('.'), "{}", error);
            }
        }
    }
}

#[test]
fn what_accept_mints_is_kept_apart() {
    let declared: Declared = "accept(recv + send + accept(fstat)) + event".parse().unwrap();
    assert_eq!(declared.rights, Rights::ACCEPT | Rights::EVENT);
    let minted = declared.minted.unwrap();
    assert_eq!(minted.rights, Rights::READ | Rights::WRITE | Rights::ACCEPT);
    assert_eq!(minted.minted, Some(Box::new(Declared::from(Rights::FSTAT))));
    assert_eq!(declared_text("accept(recv + accept(fstat)) + event"), "accept(read + accept(fstat)) + event");
    assert_eq!(declared_text("accept(hold)"), "accept(hold)");
    assert_eq!(declared_text("ioctl(0x5413, 1) + fcntl(setfl)"), "fcntl(setfl) + ioctl(0x5413, 0x1)");
}

fn declared_text(text: &str) -> String {
    text.parse::<Declared>().unwrap().to_string()
}

#[test]
fn none_and_hold_are_different() {
    assert_eq!((declared_text("none"), declared_text("hold")), ("none".to_owned(), "hold".to_owned()));
    let none: Declared = " none ".parse().unwrap();
    let hold: Declared = "hold".parse().unwrap();
    assert!(none.gone && none.rights.is_empty());
    assert!(!hold.gone && hold.rights.is_empty());
}

#[test]
fn every_mistake_has_its_message() {
    for (text, message) in [
        ("", "expected rights, found nothing"),
        ("read + + write", "expected the name of a right, found ``\nhelp: join rights with `+`: `read + seek`"),
        (
            "read | write",
            "expected the name of a right, found `read | write`\nhelp: join rights with `+`: `read + seek`",
        ),
        ("read, write", "expected the name of a right, found `read, write`\nhelp: join rights with `+`: `read + seek`"),
        ("read + read", "right `read` is given twice\nhelp: remove one `read`"),
        ("hold + read", "`hold` stands alone\nhelp: write `hold` without other rights, or remove it"),
        ("read(3)", "`read` takes no list\nhelp: write `read` without parentheses"),
        ("ioctl", "`ioctl` needs the list of its requests"),
        (
            "ioctl(TIOCGWINSZ)",
            "expected the number of an ioctl request, found `TIOCGWINSZ`\nhelp: write it in decimal or as `0x5413`",
        ),
        ("ioctl(0x100000000)", "expected the number of an ioctl request, found `0x100000000`"),
        (
            "fcntl(getlf)",
            "unknown fcntl command `getlf`, expected `getfl`, `setfl`, `getown` or `setown`\nhelp: did you mean `getfl`?",
        ),
        ("ioctl()", "the list of `ioctl` is empty\nhelp: write `ioctl(0x5413)`, or leave `ioctl` out"),
        ("fcntl( )", "the list of `fcntl` is empty\nhelp: write `fcntl(getfl, setfl)`, or leave `fcntl` out"),
        ("ioctl(,)", "expected the number of an ioctl request, found ``"),
        ("fcntl(,)", "unknown fcntl command ``"),
        ("accept(recv", "`accept(recv` has no closing parenthesis\nhelp: write `accept(recv)`"),
        ("accept(wirte)", "unknown right `wirte`\nhelp: did you mean `write`?"),
        (
            "accept + event",
            "`accept` needs the rights of what it accepts\nhelp: write `accept(recv + send)`, or `accept(hold)` to grant it nothing",
        ),
        (
            "sock_server",
            "`sock_server` accepts, and needs the rights of what it accepts\nhelp: write `sock_server + accept(recv + send)`",
        ),
        (
            "connect",
            "no system grants `connect`: the address is in memory, where a filter cannot see it; make the call before entry\nhelp: remove `connect`",
        ),
        ("mkdirat", "`mkdirat` needs `lookup`\nhelp: write `lookup + mkdirat`"),
    ] {
        let error = text.parse::<Declared>().unwrap_err().to_string();
        assert!(error.starts_with(message), "`{text}`: {error}");
    }
}
