//! A whole program: gzip, confined and not, and what else compresses.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::Measured;
use crate::bench::{Bench, succeed};
use crate::measure::{Measure, turns};
use crate::sys;

/// What confinement adds is far less than what one run differs from the next.
const ROUNDS: usize = 25;
/// Each round takes several times as long.
const ROUNDS_OF_ALL: usize = 5;
const SIZE: u64 = 256 << 20;
const LEVEL: &str = "-6";
/// The level at which the example's output is no larger than GNU gzip's at [`LEVEL`].
const EQUAL_RATIO: &str = "-9";

const CONFINED: &str = "gzip of the examples, confined";
const UNCONFINED: &str = "the same, unconfined";
const CONFINED_AT_EQUAL_RATIO: &str = "gzip of the examples, confined, at level 9";
const GNU: &str = "GNU gzip";

pub(super) fn measure(bench: &Bench) -> Result<Measured> {
    let folder = bench.build(&["-p", "sandbox-examples", "--bin", "gzip", "--bin", "gzip-unconfined"])?;
    let programs: [Program<'_>; 5] = [
        (CONFINED, folder.join("gzip"), &[LEVEL, "-c"]),
        (UNCONFINED, folder.join("gzip-unconfined"), &[LEVEL, "-c"]),
        (CONFINED_AT_EQUAL_RATIO, folder.join("gzip"), &[EQUAL_RATIO, "-c"]),
        (GNU, "gzip".into(), &[LEVEL, "-c"]),
        ("pigz -p1", "pigz".into(), &["-p1", LEVEL, "-c"]),
    ];
    let scratch = tempfile::tempdir_in(&bench.scratch).context("cannot make a scratch folder")?;
    let (input, output) = (scratch.path().join("input"), scratch.path().join("output"));
    fill(&input, if bench.quick { 1 << 20 } else { SIZE })?;

    let race = |title: &str, programs: &[Program<'_>], rounds| race(title, programs, rounds, &input, &output);
    let (time, processor, _) = race("confined and not", &programs[..2], bench.rounds(ROUNDS))?;
    let goals = vec![time.ratio_goal(CONFINED, UNCONFINED, 1.01), processor.ratio_goal(CONFINED, UNCONFINED, 1.01)];
    let pair = [time, processor].map(|measure| measure.over(&[UNCONFINED]));
    let (time, processor, size) = race("and others", &programs, bench.rounds(ROUNDS_OF_ALL))?;
    let all = [time, processor, size].map(|measure| measure.over(&[GNU]));
    Ok(Measured { measures: pair.into_iter().chain(all).collect(), goals, missing: Vec::new() })
}

/// What is run: its title, the program, its arguments.
type Program<'a> = (&'a str, PathBuf, &'a [&'a str]);

/// The time, the processor time and the size of the output of each.
fn race(
    title: &str,
    programs: &[Program<'_>],
    rounds: usize,
    input: &Path,
    output: &Path,
) -> Result<(Measure, Measure, Measure)> {
    let titles: Vec<String> = programs.iter().map(|(title, _, _)| (*title).to_owned()).collect();
    let of = |what: &str, unit| Measure::new(format!("{what}, 256 MiB at level 6, {title}"), unit, &titles);
    let (mut time, mut processor, mut size) =
        (of("time", "s"), of("processor time", "s"), of("size of the output", "MiB"));
    for round in 0..rounds {
        for turn in turns(programs.len(), round) {
            let (_, program, arguments) = &programs[turn];
            let used = sys::children_time()?;
            let started = Instant::now();
            let mut command = Command::new(program);
            command.args(*arguments).arg(input).stdin(Stdio::null()).stdout(File::create(output)?);
            let status = command.status().with_context(|| format!("cannot run {}", program.display()))?;
            time.series[turn].push(started.elapsed().as_secs_f64());
            ensure!(status.success(), "{}: {status}", program.display());
            processor.series[turn].push(sys::children_time()?.saturating_sub(used).as_secs_f64());
            #[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52 bytes")]
            size.series[turn].push(fs::metadata(output)?.len() as f64 / f64::from(1 << 20));
            if round == 0 {
                same(input, output)?;
            }
        }
    }
    Ok((time, processor, size))
}

/// Sees that the output is what the input compresses to.
fn same(input: &Path, output: &Path) -> Result<()> {
    let pipe = "gzip -dc < \"$1\" | cmp - \"$2\"";
    succeed(Command::new("sh").args(["-c", pipe, "sh"]).args([output, input]))
        .context("what was compressed differs")
        .map(drop)
}

/// Writes real machine code and its symbols: the toolchain's libraries, one after the other.
fn fill(path: &Path, size: u64) -> Result<()> {
    let folder = succeed(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&folder).trim());
    let mut sources = fs::read_dir(&folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>())
        .with_context(|| format!("cannot list {}", folder.display()))?;
    sources.retain(|path| path.is_file());
    sources.sort();
    ensure!(!sources.is_empty(), "{} is empty", folder.display());
    let mut out = BufWriter::new(File::create(path)?);
    let mut left = size;
    for source in sources.iter().cycle() {
        if left == 0 {
            break;
        }
        left -= io::copy(&mut File::open(source)?.take(left), &mut out)?;
    }
    Ok(out.flush()?)
}
