//! What is measured, value by value.

use serde::Serialize;

use crate::results::Goal;
use crate::stats::Spread;

/// One measure of several contestants, in rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Measure {
    pub(crate) title: String,
    pub(crate) unit: &'static str,
    /// The titles of the series that ratios are to.
    pub(crate) bases: Vec<String>,
    pub(crate) series: Vec<Series>,
}

/// What was measured of one contestant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Series {
    pub(crate) title: String,
    /// One value a round.
    pub(crate) values: Vec<f64>,
    /// Every value that was measured, where a round's is chosen from several.
    pub(crate) all: Vec<f64>,
}

impl Measure {
    pub(crate) fn new(title: impl Into<String>, unit: &'static str, contestants: &[String]) -> Self {
        let empty = |title: &String| Series { title: title.clone(), values: Vec::new(), all: Vec::new() };
        Self { title: title.into(), unit, bases: Vec::new(), series: contestants.iter().map(empty).collect() }
    }

    /// Gives the ratios to these contestants.
    pub(crate) fn over(mut self, bases: &[&str]) -> Self {
        self.bases = bases.iter().map(|base| (*base).to_owned()).collect();
        self
    }

    /// The series of a contestant of this measure.
    pub(crate) fn series(&self, title: &str) -> &Series {
        self.series.iter().find(|series| series.title == title).expect("a contestant of this measure")
    }

    pub(crate) fn median(&self, title: &str) -> f64 {
        Spread::of(&self.series(title).values).median
    }

    /// The goal that the median is at most so much.
    pub(crate) fn median_goal(&self, title: &str, at_most: f64) -> Goal {
        let text = format!("{}, {title}: at most {at_most} {}", self.title, self.unit);
        Goal { title: text, at_most, found: self.median(title) }
    }

    /// The goal that the median of the ratios to another contestant is at most so much.
    pub(crate) fn ratio_goal(&self, title: &str, base: &str, at_most: f64) -> Goal {
        let found = Spread::of_ratios(&self.series(title).values, &self.series(base).values).median;
        let text = format!("{}, {title}: at most {at_most} times {base}", self.title);
        Goal { title: text, at_most, found }
    }
}

impl Series {
    /// Takes a round's only value.
    pub(crate) fn push(&mut self, value: f64) {
        self.values.push(value);
    }

    /// Takes the least of a round's values: whatever disturbs, only adds.
    pub(crate) fn push_least_of(&mut self, values: &[f64]) {
        self.values.push(values.iter().copied().fold(f64::INFINITY, f64::min));
        self.all.extend(values);
    }
}

/// The order in which contestants take their turns in a round: another one starts each time, and the direction changes.
pub(crate) fn turns(contestants: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..contestants).map(move |turn| {
        let turn = (turn + round / 2) % contestants;
        if round.is_multiple_of(2) { turn } else { contestants - 1 - turn }
    })
}

#[cfg(test)]
mod tests {
    use super::{Measure, turns};

    #[test]
    fn everybody_has_one_turn_a_round() {
        let orders: Vec<Vec<usize>> = (0..4).map(|round| turns(3, round).collect()).collect();
        assert_eq!(orders, [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]]);
    }

    #[test]
    fn goals_compare_medians() {
        let mut measure = Measure::new("time", "ns", &["a".into(), "b".into()]);
        measure.series[0].push_least_of(&[10.0, 12.0]);
        measure.series[1].push_least_of(&[13.0, 11.0]);
        assert_eq!(measure.series("b").all, [13.0, 11.0]);
        let goal = measure.ratio_goal("b", "a", 1.05);
        assert_eq!((goal.found, goal.met()), (1.1, false));
        assert!(measure.median_goal("a", 10.0).met());
    }
}
