//! The resident set of a process right before entry, and what entry adds to it.

use anyhow::Result;
use sandbox_benchmarks::ours;
use sandbox_benchmarks::work::Purpose;

use super::Measured;
use crate::bench::Bench;
use crate::measure::{Measure, turns};
use crate::peers;
use crate::process::Contestant;

const ROUNDS: usize = 30;

pub(super) fn measure(bench: &Bench) -> Result<Measured> {
    let contestants = [
        peers::NONE,
        peers::LIBSECCOMP_AND_LANDLOCK,
        peers::SECCOMPILER_AND_LANDLOCK,
        peers::EXTRASAFE_AND_LANDLOCK,
        ours::THREE,
        ours::SIXTY_FOUR,
    ]
    .map(Contestant::new);
    let titles: Vec<String> = contestants.iter().map(|contestant| contestant.title.clone()).collect();
    let mut before = Measure::new("resident before entry", "KiB", &titles);
    let mut after = Measure::new("resident after entry", "KiB", &titles);
    let mut added = Measure::new("added by entry", "KiB", &titles);
    for round in 0..bench.rounds(ROUNDS) {
        for turn in turns(contestants.len(), round) {
            #[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52 bytes")]
            let [first, second] = contestants[turn].run(Purpose::Memory, None)?.map(|bytes: u64| bytes as f64 / 1024.0);
            before.series[turn].push(first);
            after.series[turn].push(second);
            added.series[turn].push(second - first);
        }
    }
    Ok(Measured { measures: vec![before, after, added], ..Measured::default() })
}
