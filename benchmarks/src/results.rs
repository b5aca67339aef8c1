//! What is kept of a run: `results.json`.

use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::measure::Measure;
use crate::stats::Spread;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) command: String,
    pub(crate) machine: Machine,
    pub(crate) groups: Vec<Group>,
}

/// One group of measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) goals: Vec<Goal>,
    /// What could not be measured, and why.
    pub(crate) missing: Vec<String>,
}

/// One measure of several contestants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) unit: String,
    /// What the ratios are to.
    pub(crate) bases: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// What one contestant came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) spread: Spread,
    /// The ratio to each base, taken round by round; none to itself.
    pub(crate) ratios: Vec<Option<Spread>>,
}

/// What is aimed at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Goal {
    pub(crate) title: String,
    pub(crate) at_most: f64,
    pub(crate) found: f64,
}

impl Goal {
    pub(crate) fn met(&self) -> bool {
        self.found <= self.at_most
    }
}

impl Table {
    pub(crate) fn of(measure: &Measure) -> Self {
        let bases: Vec<_> = measure.bases.iter().map(|base| measure.series(base)).collect();
        let rows = measure.series.iter().map(|series| Row {
            title: series.title.clone(),
            spread: Spread::of(&series.values),
            ratios: bases
                .iter()
                .map(|base| (base.title != series.title).then(|| Spread::of_ratios(&series.values, &base.values)))
                .collect(),
        });
        Self {
            title: measure.title.clone(),
            unit: measure.unit.to_owned(),
            bases: measure.bases.clone(),
            rows: rows.collect(),
        }
    }
}
