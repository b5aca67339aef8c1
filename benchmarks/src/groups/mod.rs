//! The groups of measures.

mod build;
mod calls;
mod entry;
mod gzip;
mod memory;
mod steps;
mod tracefs;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use rustix::thread::CpuSet;

use crate::bench::Bench;
use crate::measure::Measure;
use crate::results::{Goal, Group, Table};

/// A group: what it is called, and what measures it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) measure: fn(&Bench) -> Result<Measured>,
}

pub(crate) const ALL: [Kind; 5] = [
    Kind { name: "calls", title: "What a system call takes", measure: calls::measure },
    Kind { name: "entry", title: "What entry takes", measure: entry::measure },
    Kind { name: "gzip", title: "What a whole program takes", measure: gzip::measure },
    Kind { name: "build", title: "What building takes", measure: build::measure },
    Kind { name: "memory", title: "What memory entry takes", measure: memory::measure },
];

/// What a group came to.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) measures: Vec<Measure>,
    pub(crate) goals: Vec<Goal>,
    /// What could not be measured, and why.
    pub(crate) missing: Vec<String>,
}

impl Kind {
    pub(crate) fn results(self, measured: &Measured) -> Group {
        Group {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            tables: measured.measures.iter().map(Table::of).collect(),
            goals: measured.goals.clone(),
            missing: measured.missing.clone(),
        }
    }
}

/// Builds the measured program with the second engine.
fn second_engine(bench: &Bench) -> Result<PathBuf> {
    const PROGRAM: &str = "second-engine";
    let folder = bench.build(&["-p", "sandbox-benchmarks", "--features", PROGRAM, "--bin", PROGRAM])?;
    Ok(folder.join(PROGRAM))
}

/// The last processor that this process may run on: the first ones have most of the system's work.
fn processor() -> Result<usize> {
    let allowed = rustix::thread::sched_getaffinity(None).context("cannot tell the processors")?;
    (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu)).context("no processor to run on")
}
