//! Where the time of entry goes: in the system calls that it makes, and in the program before each.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::Purpose;
use sandbox_policy::linux::{ALL_CALLS, Arch};

use super::tracefs::{Event, Tracer};
use crate::bench::Bench;
use crate::measure::{Measure, Series};
use crate::process::Contestant;

const ROUNDS: usize = 100;
/// What takes less than this part of the whole is one line.
const SMALL: f64 = 0.015;

/// Traces entries, or says why that is not possible.
pub(super) fn measure(bench: &Bench, variant: Variant) -> Result<Result<Measure, String>> {
    let tracer = match Tracer::open() {
        Ok(tracer) => tracer,
        Err(why) => return Ok(Err(why)),
    };
    let contestant = Contestant::new(variant);
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds(ROUNDS) {
        let mut running = contestant.start(Purpose::Entry, 1, None)?;
        // It waits for the start, and so makes no call meanwhile.
        tracer.follow(running.id())?;
        running.go()?;
        let [_] = running.answer()?;
        running.end()?;
        let events = tracer.events()?;
        ensure!(!events.is_empty(), "the kernel traced nothing");
        rounds.push(by_call(&events));
    }
    Ok(Ok(table(variant.title, &rounds)))
}

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// The kernel, in this call.
    In(u32),
    /// The program, before it makes this call.
    Before(u32),
}

/// The microseconds of each step, and how often its call was made.
type Round = BTreeMap<Step, (f64, usize)>;

/// Adds up what happened between the end of the first call, which waits for the start, and the answer.
fn by_call(events: &[Event]) -> Round {
    let mut round = Round::new();
    let begin = events.iter().position(|event| !event.enters).map_or(0, |at| at + 1);
    let answer = number("write").and_then(|write| events.iter().rposition(|event| event.enters && event.call == write));
    let Some(events) = answer.and_then(|answer| events.get(begin.saturating_sub(1)..=answer)) else { return round };
    for pair in events.windows(2) {
        let [from, to] = pair else { continue };
        let (step, calls) = if to.enters { (Step::Before(to.call), 0) } else { (Step::In(to.call), 1) };
        let entry = round.entry(step).or_default();
        entry.0 += to.at - from.at;
        entry.1 += calls;
    }
    round
}

/// The lines, the longest first; every round has a value on every line.
fn table(title: &str, rounds: &[Round]) -> Measure {
    let mut steps: BTreeMap<Step, (f64, usize)> = BTreeMap::new();
    for (step, (time, calls)) in rounds.iter().flatten() {
        let entry = steps.entry(*step).or_default();
        entry.0 += time;
        entry.1 = entry.1.max(*calls);
    }
    let whole: f64 = steps.values().map(|(time, _)| time).sum();
    let mut large: Vec<_> = steps.into_iter().filter(|(_, (time, _))| *time >= SMALL * whole).collect();
    large.sort_by(|(_, (a, _)), (_, (b, _))| b.total_cmp(a));

    let series = |title: String, counts: &dyn Fn(Step) -> bool| {
        let sum = |round: &Round| round.iter().filter(|(step, _)| counts(**step)).map(|(_, (time, _))| time).sum();
        Series { title, values: rounds.iter().map(sum).collect(), all: Vec::new() }
    };
    let mut all: Vec<Series> = large
        .iter()
        .map(|&(step, (_, calls))| {
            let title = match step {
                Step::In(call) if calls == 1 => format!("in {}", name(call)),
                Step::In(call) => format!("in {}, {calls} times", name(call)),
                Step::Before(call) => format!("computing before {}", name(call)),
            };
            series(title, &|other| other == step)
        })
        .collect();
    all.push(series("everything else".into(), &|step| large.iter().all(|(large, _)| *large != step)));
    all.push(series("together: computing".into(), &|step| matches!(step, Step::Before(_))));
    all.push(series("together: in calls".into(), &|step| matches!(step, Step::In(_))));
    Measure { title: format!("where the time goes, traced: {title}"), unit: "µs", bases: Vec::new(), series: all }
}

fn arch() -> Option<Arch> {
    Arch::ALL.into_iter().find(|arch| arch.name() == std::env::consts::ARCH)
}

fn name(number: u32) -> String {
    let known = arch().and_then(|arch| ALL_CALLS.iter().find(|call| call.number(arch) == Some(number)));
    known.map_or_else(|| format!("call {number}"), |call| call.name().to_owned())
}

fn number(name: &str) -> Option<u32> {
    let arch = arch()?;
    ALL_CALLS.iter().find(|call| call.name() == name)?.number(arch)
}

#[cfg(test)]
mod tests {
    use super::{by_call, name, number, table};
    use crate::groups::tracefs::Event;

    fn event(at: f64, name: &str, enters: bool) -> Event {
        Event { at, call: number(name).expect("a known call"), enters }
    }

    #[test]
    fn time_is_counted_from_the_start_to_the_answer() {
        let events = [
            event(5.0, "read", false),
            event(7.0, "openat", true),
            event(10.0, "openat", false),
            event(11.0, "openat", true),
            event(13.0, "openat", false),
            event(20.0, "write", true),
            event(90.0, "write", false),
        ];
        let measure = table("x", &[by_call(&events)]);
        let lines: Vec<_> = measure.series.iter().map(|series| (series.title.as_str(), series.values[0])).collect();
        let expected = [
            ("computing before write", 7.0),
            ("in openat, 2 times", 5.0),
            ("computing before openat", 3.0),
            ("everything else", 0.0),
            ("together: computing", 10.0),
            ("together: in calls", 5.0),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn calls_have_names() {
        assert_eq!(number("write").map(name).as_deref(), Some("write"));
        assert_eq!(name(100_000), "call 100000");
    }
}
