//! The table as text.

use std::fmt::Write as _;

use sandbox_rt::Rights;

use super::{Columns, GROUPS, Operation, Permitted, System, UNTRIED};

/// The table in Markdown: a table for each group of operations.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for (heading, operations) in GROUPS {
        let _ = writeln!(text, "\n**{heading}**\n");
        text.push_str("| operation | Linux | FreeBSD | why they differ |\n|---|---|---|---|\n");
        for operation in operations.iter().copied().flatten() {
            let _ = writeln!(text, "{}", row(operation));
        }
    }
    text.push_str("\nNot tried:");
    for (right, reason) in UNTRIED {
        let _ = write!(text, "{} `{right}` ({reason})", if text.ends_with(':') { "" } else { ";" });
    }
    text.push_str(".\n");
    text
}

fn row(operation: &Operation) -> String {
    let cell =
        |system| operation.columns.of(system).map_or_else(|| "–".to_owned(), |permitted| words(permitted, system));
    let freebsd = match operation.columns {
        Columns::Same(_) => "the same".to_owned(),
        Columns::Differ { .. } | Columns::Only { .. } => cell(System::FreeBsd),
    };
    let reason = operation.columns.reason().unwrap_or_default();
    format!("| {} | {} | {freebsd} | {reason} |", operation.name, cell(System::Linux))
}

/// What permits an operation, in words.
fn words(permitted: Permitted, system: System) -> String {
    match permitted {
        Permitted::Always => "always".to_owned(),
        Permitted::Never | Permitted::Outside(_) => "never".to_owned(),
        Permitted::WithThreads => "`allow(threads)`".to_owned(),
        Permitted::With(sets) => any(None, sets),
        Permitted::Request(request, sets) => any(Some(format!("ioctl({})", request.name_on(system))), sets),
        Permitted::Command(command, sets) => {
            let commands: Vec<&str> = command.names().collect();
            any(Some(format!("fcntl({})", commands.join(", "))), sets)
        }
        Permitted::Accepted(rights) => format!("`accept({rights})`"),
        Permitted::OnAny(right, _) => format!("`{right}`, of any descriptor"),
        Permitted::Answered(right) => format!("`{right}`"),
    }
}

fn any(first: Option<String>, sets: &[Rights]) -> String {
    let all = first.into_iter().chain(sets.iter().map(ToString::to_string));
    all.map(|set| format!("`{set}`")).collect::<Vec<_>>().join(" or ")
}
