//! Results as text: Markdown tables, aligned so that they can be read on a terminal.

use std::fmt::Write as _;

use crate::machine::Machine;
use crate::results::{Goal, Group, Table};
use crate::stats::Spread;

/// A group's tables, its goals, and what is missing.
pub(crate) fn group(group: &Group) -> String {
    let mut text = String::new();
    for table in &group.tables {
        let _ = writeln!(text, "{}\n", self::table(table));
    }
    for goal in &group.goals {
        let _ = writeln!(text, "- {}", self::goal(goal));
    }
    for missing in &group.missing {
        let _ = writeln!(text, "- Not measured: {missing}");
    }
    text.trim_end().to_owned() + "\n"
}

pub(crate) fn machine(machine: &Machine, command: &str) -> String {
    let Machine { processor, processors, kernel, system, compiler, profile, load } = machine;
    format!(
        "`{command}`, {profile} build, {compiler}\n\n{kernel} on {system}, {processors} × {processor}; load average {}\n",
        load.join(" before, ") + if load.len() > 1 { " after" } else { "" }
    )
}

fn goal(goal: &Goal) -> String {
    let verdict = if goal.met() { "met" } else { "missed" };
    format!("Goal {verdict}: {}; found {}", goal.title, figure(goal.found))
}

fn table(table: &Table) -> String {
    let mut lines =
        vec![vec![format!("{} ({})", table.title, table.unit), "least".into(), "median (quartiles)".into()]];
    lines[0].extend(table.bases.iter().map(|base| format!("over {base}")));
    for row in &table.rows {
        let mut line = vec![row.title.clone(), figure(row.spread.least), spread(&row.spread, figure)];
        line.extend(row.ratios.iter().map(|ratio| ratio.as_ref().map_or("1".into(), |ratio| spread(ratio, three))));
        lines.push(line);
    }
    aligned(&lines)
}

fn spread(spread: &Spread, figure: fn(f64) -> String) -> String {
    let (lower, median, upper) = (spread.lower_quartile, spread.median, spread.upper_quartile);
    format!("{} ({} – {})", figure(median), figure(lower), figure(upper))
}

/// Three digits or more.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        large if large >= 99.95 => format!("{value:.0}"),
        middle if middle >= 9.995 => format!("{value:.1}"),
        _ => three(value),
    }
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}

fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            let _ = if column == 0 { write!(text, "| {cell:width$} ") } else { write!(text, "| {cell:>width$} ") };
        }
        text.push_str("|\n");
        if at == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(width + 1);
                let _ = if column == 0 { write!(text, "|{dashes}-") } else { write!(text, "|{dashes}:") };
            }
            text.push_str("|\n");
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{figure, group};
    use crate::measure::Measure;
    use crate::results::{Group, Table};

    #[test]
    fn figures_have_three_digits_or_more() {
        assert_eq!(
            [0.0, 0.0123, 1.5, 12.345, 99.96, 1234.5].map(figure),
            ["0", "0.012", "1.500", "12.3", "100", "1234"]
        );
    }

    #[test]
    fn a_table_is_markdown_in_columns() {
        let mut measure = Measure::new("time", "ns", &["none".into(), "ours".into()]).over(&["none"]);
        measure.series[0].values = vec![100.0, 200.0];
        measure.series[1].values = vec![110.0, 210.0];
        let goals = vec![measure.ratio_goal("ours", "none", 1.05)];
        let (name, title, tables) = ("x".into(), "X".into(), vec![Table::of(&measure)]);
        let text = group(&Group { name, title, tables, goals, missing: vec!["steps: no root".into()] });
        let expected = "\
| time (ns) | least | median (quartiles) |             over none |
|-----------|------:|-------------------:|----------------------:|
| none      |   100 |    150 (125 – 175) |                     1 |
| ours      |   110 |    160 (135 – 185) | 1.075 (1.062 – 1.088) |

- Goal missed: time, ours: at most 1.05 times none; found 1.075
- Not measured: steps: no root
";
        assert_eq!(text, expected);
    }
}
