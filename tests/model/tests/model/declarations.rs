//! The declarations whose filters are judged.

use sandbox_model::{Declaration, NAMES, REFUSED, examples};
use sandbox_policy::OnViolation;

/// Rights that Linux enforces, each as it is written.
pub(crate) fn rights() -> impl Iterator<Item = String> {
    NAMES.iter().map(|(name, _)| *name).filter(|name| !REFUSED.contains(name)).map(written)
}

/// A right with the list or the other right that it needs.
pub(crate) fn written(name: &str) -> String {
    match name {
        "ioctl" => "ioctl(0x5402, 0x541b)".into(),
        "fcntl" => "fcntl(getfl, setfl, getown, setown)".into(),
        "accept" => "accept(recv + send + shutdown)".into(),
        "sock_server" => "sock_server + accept(recv + send + shutdown)".into(),
        "create" | "mkdirat" | "mkfifoat" | "symlinkat" | "unlinkat" | "renameat_source" | "renameat_target"
        | "linkat_source" | "linkat_target" => format!("lookup + {name}"),
        _ => name.into(),
    }
}

/// One right, on two descriptors that are not neighbours; a third has none.
pub(crate) fn alone(right: &str) -> Declaration {
    Declaration::new(right).grant("it", 3, right).grant("other", 4, "hold").grant("both", 6, right)
}

/// Two rights: each alone, and both on one descriptor.
pub(crate) fn pair(first: &str, second: &str) -> Declaration {
    let both = joined([first, second]);
    Declaration::new(&both).grant("it", 3, first).grant("other", 4, second).grant("both", 6, &both)
}

/// All of these together; what several say is said once.
fn joined<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let mut terms: Vec<&str> = Vec::new();
    for written in all {
        // A plus within a list joins the rights of what is accepted.
        let mut depth = 0;
        let outside = |character| {
            depth += i32::from(character == '(') - i32::from(character == ')');
            character == '+' && depth == 0
        };
        for term in written.split(outside).map(str::trim) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    terms.join(" + ")
}

pub(crate) fn empty() -> Declaration {
    Declaration::new("empty")
}

/// Every right that there is on one descriptor, and some on a few others: every rule of the lowering.
pub(crate) fn every_rule() -> Declaration {
    let all: Vec<String> = rights().collect();
    let mut declaration = Declaration::new("every rule").threads();
    declaration.inert = 50;
    declaration
        .grant("everything", 5, &joined(all.iter().map(String::as_str)))
        .grant("input", 8, "read")
        .grant("output", 9, "write")
        .grant("log", 48, "write + fcntl(setfl)")
        .append()
}

/// The same with many more descriptors, among them one of every right.
pub(crate) fn largest() -> Declaration {
    let directory = "lookup + read + write + create + mkdirat + mkfifoat + symlinkat + unlinkat + renameat_source + \
                     renameat_target + linkat_source + linkat_target + fsync + ftruncate";
    let mut declaration = every_rule().grant("directory", 7, directory).grant("stderr", 2, "write + isatty");
    declaration.name = "largest".into();
    for (number, right) in (10..48).zip(rights().filter(|right| !right.contains("accept("))) {
        declaration = declaration.grant("it", number, &right);
    }
    declaration
}

/// Others: what the single rights do not show.
pub(crate) fn others() -> Vec<Declaration> {
    let new = Declaration::new;
    let mut far = new("far apart").grant("it", 0, "read").grant("other", 1000, "write").grant("it", 511, "read + seek");
    far.inert = 1001;
    let mut inert_below = new("inert below").grant("it", 8, "lookup + read").grant("it", 12, "dup + write");
    inert_below.inert = 4;
    vec![
        new("threads").threads(),
        new("no stderr").grant("stderr", 2, "none").grant("it", 3, "read"),
        new("held stderr").grant("stderr", 2, "hold"),
        new("a file that has the number of stderr").grant("it", 2, "read"),
        new("one number twice").grant("a", 3, "read").grant("b", 3, "write"),
        new("append").grant("log", 3, "write + fcntl(getfl, setfl)").append(),
        new("a copy of what appends").grant("log", 3, "write + dup + fcntl(getfl, setfl)").append(),
        new("append beside others").grant("log", 3, "write + fcntl(setfl)").append().grant("o", 4, "fcntl(setfl)"),
        new("one requests, one more").grant("a", 3, "ioctl(0x5402)").grant("b", 4, "ioctl(0x5402, 21531)"),
        new("server").grant("server", 3, "accept(recv + send + shutdown) + event").threads(),
        new("accepts nothing of use").grant("server", 3, "accept(shutdown)"),
        new("two that mint").grant("server", 3, "accept(recv)").grant("dir", 4, "lookup + read + fstat"),
        new("polled").grant("a", 3, "recv + event").grant("b", 5, "send + event").grant("c", 4, "event"),
        new("editor").grant(
            "work",
            3,
            "lookup + read + write + create + unlinkat + renameat_source + renameat_target + ftruncate + fsync",
        ),
        new("two directories").grant("from", 3, "lookup + read").grant("to", 5, "lookup + write + create"),
        new("copier").grant("from", 3, "read").grant("to", 4, "write").grant("both", 5, "pread + pwrite"),
        new("mapper").grant("a", 3, "mmap").grant("b", 4, "mmap_r").grant("c", 5, "mmap_w").grant("d", 6, "mmap_rw"),
        far,
        inert_below,
    ]
}

/// Everything but the single rights, each with every reaction to violations.
pub(crate) fn several() -> Vec<Declaration> {
    let declarations = [vec![empty(), largest()], others(), examples()].concat();
    let reactions = [OnViolation::Error, OnViolation::Kill, OnViolation::Report];
    let with = |declaration: Declaration| reactions.map(|reaction| declaration.clone().on_violation(reaction));
    declarations.into_iter().flat_map(with).collect()
}
