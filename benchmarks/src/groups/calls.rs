//! What a system call takes: all contestants live at the same time, on one processor, and take turns of a millisecond.

use anyhow::{Result, ensure};
use sandbox_benchmarks::ours;
use sandbox_benchmarks::work::{BATCHES, Call, Purpose};

use super::Measured;
use crate::bench::Bench;
use crate::measure::{Measure, turns};
use crate::peers;
use crate::process::{Contestant, Running};

/// Where its pages and its filter happen to lie makes one process a few per cent slower than another of the same kind, for
/// all of its life. So there are new ones every few rounds.
const GENERATIONS: usize = 50;
const ROUNDS: usize = 8;
/// Calls in a batch, a fraction of a millisecond's worth.
const CALLS: u32 = 2000;

pub(super) fn measure(bench: &Bench) -> Result<Measured> {
    let second = super::second_engine(bench)?;
    let mut contestants: Vec<Contestant> = [
        peers::NONE,
        peers::LANDLOCK,
        peers::LIBSECCOMP,
        peers::SECCOMPILER,
        peers::EXTRASAFE,
        peers::SECCOMPILER_BY_DESCRIPTOR,
    ]
    .into_iter()
    .chain(ours::ALL)
    .map(Contestant::new)
    .collect();
    contestants.push(Contestant::second_engine(second));
    let titles: Vec<String> = contestants.iter().map(|contestant| contestant.title.clone()).collect();

    let cpu = super::processor()?;
    let calls = if bench.quick { 20 } else { CALLS };
    let bases = [peers::NONE.title, peers::LIBSECCOMP.title, ours::THREE.title];
    // The second engine, which stands last, does not take what is needed for `pread`.
    let able = |call| titles.len() - usize::from(call == Call::Pread);
    let mut measures = Call::ALL.map(|call| Measure::new(call.title(), "ns", &titles[..able(call)]).over(&bases));
    for generation in 0..bench.rounds(GENERATIONS) {
        let mut running =
            contestants.iter().map(|contestant| start(contestant, calls, cpu)).collect::<Result<Vec<Running>>>()?;
        for round in 0..bench.rounds(ROUNDS) {
            for (call, measure) in Call::ALL.into_iter().zip(&mut measures) {
                for turn in turns(able(call), generation + round) {
                    running[turn].ask(call.request())?;
                    let times: [u64; BATCHES] = running[turn].answer()?;
                    #[allow(clippy::cast_precision_loss, reason = "times are far below 2^52 ns")]
                    let times = times.map(|time| time as f64 / f64::from(calls));
                    measure.series[turn].push_least_of(&times);
                }
            }
        }
        for process in running {
            process.end()?;
        }
    }

    let pread = &measures[0];
    let goals = vec![
        pread.ratio_goal(ours::THREE.title, peers::LIBSECCOMP.title, 1.15),
        pread.ratio_goal(ours::SIXTY_FOUR.title, ours::THREE.title, 1.05),
    ];
    Ok(Measured { goals, measures: measures.into(), missing: Vec::new() })
}

/// Starts a contestant, and sees that it is confined as it should be.
fn start(contestant: &Contestant, calls: u32, cpu: usize) -> Result<Running> {
    let mut running = contestant.start(Purpose::Calls, calls, Some(cpu))?;
    running.go()?;
    let [refused, shut] = running.answer()?.map(|answer| answer == 1);
    let title = &contestant.title;
    let confined = title != peers::NONE.title;
    let filtered = confined && title != peers::LANDLOCK.title;
    ensure!(refused == filtered, "`{title}`: getsid must be {}", if filtered { "refused" } else { "allowed" });
    ensure!(shut == confined, "`{title}`: opening a file must be {}", if confined { "refused" } else { "allowed" });
    Ok(running)
}
