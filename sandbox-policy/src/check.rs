//! The checks of one resource's list of rights: which names exist, which need each other, which need a list.

use crate::diagnostic::Diagnostic;
use crate::vocabulary::{self, Row, suggest};
use crate::{Fcntls, Rights};

/// A right as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether a list in parentheses follows.
    pub list: bool,
    /// The names in that list, for `fcntl`; other lists hold expressions or rights and are checked where they stand.
    pub fcntls: Vec<String>,
}

impl<'a> Written<'a> {
    /// A right without a list.
    #[must_use]
    pub fn plain(name: &'a str) -> Self {
        Self { name, list: false, fcntls: Vec::new() }
    }
}

/// Every mistake in a list of rights, in the order of the list.
#[must_use]
pub fn rights(written: &[Written<'_>]) -> Vec<Diagnostic> {
    let rows: Vec<Option<&'static Row>> = written.iter().map(|right| vocabulary::find(right.name)).collect();
    let declared = rows.iter().flatten().fold(Rights::NONE, |all, row| all.union(row.rights));
    let says_what_is_accepted = written.iter().any(|right| right.name == "accept" && right.list);
    // `mkdirat` contains `lookup` on FreeBSD: what must be said is what the row does not consist of.
    let mut found = Vec::new();
    for (place, (right, row)) in written.iter().zip(&rows).enumerate() {
        let name = right.name;
        let mut report = |id, message: String, help: Option<String>| {
            found.push(Diagnostic { id, place, message, help });
        };
        let Some(row) = row else {
            let help = suggest::right(name).map(|fix| fix.to_string());
            if matches!(name, "none" | "hold") {
                report(
                    "mixed-rights",
                    format!("`{name}` stands alone"),
                    Some(format!("write `{name}` without other rights, or remove it")),
                );
            } else {
                report("unknown-right", format!("unknown right `{name}`"), help);
            }
            continue;
        };
        if written[..place].iter().any(|earlier| earlier.name == name) {
            report("duplicate-right", format!("right `{name}` is given twice"), Some(format!("remove one `{name}`")));
        }
        if !declared.contains(row.needs) {
            let missing = row.needs.difference(declared);
            report("missing-right", format!("`{name}` needs `{missing}`"), Some(format!("write `{missing} + {name}`")));
        }
        if let Some(reason) = row.granted_by_none() {
            report("never-granted", format!("no system grants `{name}`: {reason}"), Some(format!("remove `{name}`")));
        }
        match (name, right.list) {
            ("accept", false) => report(
                "missing-list",
                "`accept` needs the rights of what it accepts".into(),
                Some("write `accept(recv + send)`, or `accept(hold)` to grant it nothing".into()),
            ),
            (_, false) if row.rights.contains(Rights::ACCEPT) && !says_what_is_accepted => report(
                "missing-list",
                format!("`{name}` accepts, and needs the rights of what it accepts"),
                Some(format!("write `{name} + accept(recv + send)`")),
            ),
            ("ioctl", false) => report(
                "missing-list",
                "`ioctl` needs the list of its requests".into(),
                Some("write `ioctl(libc::TIOCGWINSZ)`, or use `isatty`, `winsize`, `nonblocking`".into()),
            ),
            ("fcntl", false) => report(
                "missing-list",
                "`fcntl` needs the list of its commands".into(),
                Some("write `fcntl(getfl, setfl)`".into()),
            ),
            ("fcntl", true) => {
                for command in &right.fcntls {
                    if fcntl(command).is_none() {
                        report(
                            "unknown-fcntl",
                            format!(
                                "unknown fcntl command `{command}`, expected `getfl`, `setfl`, `getown` or `setown`"
                            ),
                            suggest::near(command, Fcntls::NAMED.iter().map(|(name, _)| *name))
                                .map(|name| format!("did you mean `{name}`?")),
                        );
                    }
                }
            }
            ("ioctl" | "accept", true) | (_, false) => {}
            (_, true) => report(
                "unexpected-list",
                format!("`{name}` takes no list"),
                Some(format!("write `{name}` without parentheses")),
            ),
        }
    }
    found
}

/// The fcntl command with this name.
#[must_use]
pub fn fcntl(name: &str) -> Option<Fcntls> {
    Fcntls::NAMED.iter().find(|(known, _)| *known == name).map(|(_, command)| *command)
}

/// The union of the rights with these names; unknown names are left out.
#[must_use]
pub fn union<'a>(names: impl IntoIterator<Item = &'a str>) -> Rights {
    names.into_iter().filter_map(vocabulary::find).fold(Rights::NONE, |all, row| all.union(row.rights))
}
