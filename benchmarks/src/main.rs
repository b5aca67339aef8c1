//! Measures what confinement costs, against what a person would use instead: `cargo xtask bench`.
//!
//! What is measured runs in processes of its own, which are this program again (`sandbox_benchmarks::measured`). Contestants
//! take turns in many rounds, and are compared within a round, so that whatever else the machine does meets all of them.

#[cfg(not(target_os = "linux"))]
compile_error!("the benchmarks compare what Linux has");

mod bench;
mod document;
mod groups;
mod machine;
mod measure;
mod options;
mod peers;
mod plot;
mod process;
mod results;
mod stats;
mod sys;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use sandbox_benchmarks::{measured, ours};
use serde::Serialize;

use bench::Bench;
use machine::Machine;
use options::Options;
use results::Results;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    if std::env::args().nth(1).is_some_and(|first| first == measured::MEASURED) {
        let variants: Vec<_> = ours::ALL.into_iter().chain(peers::ALL).collect();
        let mut arguments = std::env::args();
        arguments.nth(1);
        return Ok(measured::main(arguments, &variants)?);
    }
    let options = Options::parse(std::env::args_os().skip(1))?;
    compare(&options)
}

fn compare(options: &Options) -> Result<()> {
    sys::keep_descriptors().context("cannot keep descriptors from measured processes")?;
    let bench = Bench::new(options.quick)?;
    let mut results = Results { command: options.command(), machine: Machine::here(), groups: Vec::new() };
    let mut samples = BTreeMap::new();
    let mut files = Vec::new();
    for kind in groups::ALL {
        if options.only.as_ref().is_some_and(|only| only != kind.name) {
            continue;
        }
        println!("== {}: {}\n", kind.name, kind.title);
        let measured = (kind.measure)(&bench).with_context(|| format!("group `{}`", kind.name))?;
        let group = kind.results(&measured);
        println!("{}", table::group(&group));
        let picture = bench.folder.join(format!("{}.svg", kind.name));
        plot::draw(&group, &picture)?;
        files.push(picture);
        results.groups.push(group);
        samples.insert(kind.name, measured.measures);
    }
    results.machine.load.push(machine::load());
    println!("{}", table::machine(&results.machine, &results.command));
    write_json(&bench.folder.join("samples.json"), &samples)?;
    let path = bench.folder.join("results.json");
    write_json(&path, &results)?;
    files.push(path);
    for file in &files {
        println!("written: {}", file.display());
    }
    if options.update {
        document::update(&bench.root, &files, &results)?;
        println!("written: BENCHMARKS.md");
    }
    Ok(())
}

/// Writes a file that is complete or not there.
fn write_json(path: &PathBuf, value: &impl Serialize) -> Result<()> {
    let unfinished = path.with_extension("unfinished");
    let text = serde_json::to_string_pretty(value)? + "\n";
    fs::write(&unfinished, text).with_context(|| format!("cannot write {}", unfinished.display()))?;
    fs::rename(&unfinished, path).with_context(|| format!("cannot write {}", path.display()))
}
