//! What entry takes, from the first statement of the prologue to the first of the body: a fresh process each time.

use anyhow::Result;
use sandbox_benchmarks::ours::{self, Variant};
use sandbox_benchmarks::work::Purpose;

use super::{Measured, steps};
use crate::bench::Bench;
use crate::measure::{Measure, turns};
use crate::peers;
use crate::process::Contestant;

const ROUNDS: usize = 300;
/// The one library that installs both by itself; the other peers are two libraries, put together by hand.
const LIBRARY: Variant = peers::EXTRASAFE_AND_LANDLOCK;
/// libseccomp takes a hundred times as long.
const SECOND_ENGINE_ROUNDS: usize = 50;

pub(super) fn measure(bench: &Bench) -> Result<Measured> {
    let peers = [peers::LIBSECCOMP_AND_LANDLOCK, peers::SECCOMPILER_AND_LANDLOCK, peers::EXTRASAFE_AND_LANDLOCK];
    let contestants: Vec<Contestant> =
        [ours::THREE, ours::SIXTY_FOUR].into_iter().chain(peers).map(Contestant::new).collect();
    let places = [("entry, not pinned", None), ("entry, pinned to a processor", Some(super::processor()?))];
    let measures = race(&places, &contestants, bench.rounds(ROUNDS))?;

    let mut outcome = Measured::default();
    for measure in measures {
        let fastest = peers
            .into_iter()
            .map(|peer| peer.title)
            .min_by(|a, b| measure.median(a).total_cmp(&measure.median(b)))
            .expect("there are peers");
        for (title, microseconds) in [(ours::THREE.title, 300.0), (ours::SIXTY_FOUR.title, 400.0)] {
            outcome.goals.push(measure.median_goal(title, microseconds));
            outcome.goals.push(measure.ratio_goal(title, fastest, 1.0));
            outcome.goals.push(measure.ratio_goal(title, LIBRARY.title, 1.0));
        }
        outcome.measures.push(measure.over(&[fastest, LIBRARY.title]));
    }
    for variant in [ours::THREE, ours::SIXTY_FOUR] {
        match steps::measure(bench, variant)? {
            Ok(measure) => outcome.measures.push(measure),
            Err(why) => outcome.missing.push(format!("where the time of `{}` goes: {why}", variant.title)),
        }
    }
    let engines = [Contestant::new(ours::THREE), Contestant::second_engine(super::second_engine(bench)?)];
    let place = ("entry with the second engine, not pinned", None);
    let measures = race(&[place], &engines, bench.rounds(SECOND_ENGINE_ROUNDS))?;
    outcome.measures.extend(measures.into_iter().map(|measure| measure.over(&[ours::THREE.title])));
    Ok(outcome)
}

/// Measures entries in each place: its title, and the processor to be bound to.
fn race(places: &[(&str, Option<usize>)], contestants: &[Contestant], rounds: usize) -> Result<Vec<Measure>> {
    let titles: Vec<String> = contestants.iter().map(|contestant| contestant.title.clone()).collect();
    let mut measures: Vec<Measure> = places.iter().map(|(title, _)| Measure::new(*title, "µs", &titles)).collect();
    for round in 0..rounds {
        for ((_, cpu), measure) in places.iter().zip(&mut measures) {
            for turn in turns(contestants.len(), round) {
                let [nanoseconds] = contestants[turn].run(Purpose::Entry, *cpu)?;
                #[allow(clippy::cast_precision_loss, reason = "times are far below 2^52 ns")]
                measure.series[turn].push(nanoseconds as f64 / 1000.0);
            }
        }
    }
    Ok(measures)
}
