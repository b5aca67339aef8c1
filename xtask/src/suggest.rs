//! "Did you mean": the nearest of the known names.

/// The help line for an unknown `name`: the nearest known one if any is near, and all that are known.
pub(crate) fn help<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let all = format!("{kind}s: {}", known.join(", "));
    match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all,
    }
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        // A third of the letters may be wrong, and always two: swapped letters are two.
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 3) && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, one row at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, help, nearest};

    #[test]
    fn distances_count_single_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kernel", "kernel"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        let known = ["test", "ci", "demo"];
        assert_eq!(nearest("tset", &known), Some("test"));
        assert_eq!(nearest("fuzzing", &known), None);
        assert_eq!(nearest("x", &known), None);
        assert_eq!(help("command", "fuzzing", known.into_iter()), "commands: test, ci, demo");
    }
}
