//! How values are spread.

use serde::{Deserialize, Serialize};

/// The spread of some values. None is left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) count: usize,
    pub(crate) least: f64,
    pub(crate) lower_quartile: f64,
    pub(crate) median: f64,
    pub(crate) upper_quartile: f64,
    pub(crate) greatest: f64,
}

impl Spread {
    /// The spread of at least one value.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self {
            count: sorted.len(),
            least: at(&sorted, 0),
            lower_quartile: at(&sorted, 1),
            median: at(&sorted, 2),
            upper_quartile: at(&sorted, 3),
            greatest: at(&sorted, 4),
        }
    }

    /// The spread of the ratios of values that were measured in the same rounds.
    pub(crate) fn of_ratios(values: &[f64], bases: &[f64]) -> Self {
        assert_eq!(values.len(), bases.len(), "one value a round");
        let ratios: Vec<f64> = values.iter().zip(bases).map(|(value, base)| value / base).collect();
        Self::of(&ratios)
    }
}

/// The value at so many quarters of the way, between neighbours in proportion.
fn at(sorted: &[f64], quarters: usize) -> f64 {
    let last = sorted.len().checked_sub(1).expect("at least one value");
    let (whole, rest) = (last * quarters / 4, last * quarters % 4);
    let next = sorted[(whole + 1).min(last)];
    let part = [0.0, 0.25, 0.5, 0.75][rest];
    sorted[whole] + part * (next - sorted[whole])
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the values are exact in binary")]
mod tests {
    use super::Spread;

    #[test]
    fn quartiles_stand_between_neighbours_in_proportion() {
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0]);
        let five = [spread.least, spread.lower_quartile, spread.median, spread.upper_quartile, spread.greatest];
        assert_eq!(five, [1.0, 1.75, 2.5, 3.25, 4.0]);
        let alone = Spread::of(&[7.0]);
        assert_eq!([alone.least, alone.lower_quartile, alone.greatest], [7.0; 3]);
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        // The second round was disturbed, and both sides of it with it.
        let spread = Spread::of_ratios(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]);
        assert_eq!([spread.least, spread.median, spread.greatest], [2.0; 3]);
    }
}
