//! What the macro and the runtime add to the build of a small crate, and to its program.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Measured;
use crate::bench::{Bench, cargo, succeed};
use crate::measure::{Measure, turns};
use crate::sys;

const CLEAN_ROUNDS: usize = 3;
const INCREMENTAL_ROUNDS: usize = 9;

const WITHOUT: &str = "without sandbox-rt";
const WITH: &str = "with #[sandboxed]";

pub(super) fn measure(bench: &Bench) -> Result<Measured> {
    let scratch = tempfile::tempdir_in(&bench.scratch).context("cannot make a scratch folder")?;
    let crates = [SmallCrate::make(bench, &scratch, false)?, SmallCrate::make(bench, &scratch, true)?];
    let titles = [WITHOUT, WITH].map(String::from);
    let measure = |title: &str, unit| Measure::new(title, unit, &titles).over(&[WITHOUT]);

    // From nothing means all dependencies, too.
    let mut clean = [Profile::Debug, Profile::Release].map(|profile| {
        let title = |what: &str| format!("{what}, {}", profile.name());
        (profile, measure(&title("clean build"), "s"), measure(&title("clean build, processor time"), "s"))
    });
    let mut size = measure("stripped release program", "KiB");
    for round in 0..if bench.quick { 1 } else { CLEAN_ROUNDS } {
        for (profile, time, processor) in &mut clean {
            for turn in turns(crates.len(), round) {
                crates[turn].clean(*profile)?;
                let used = sys::children_time()?;
                time.series[turn].push(crates[turn].build(*profile)?);
                processor.series[turn].push(sys::children_time()?.saturating_sub(used).as_secs_f64());
            }
        }
        for (small, series) in crates.iter().zip(&mut size.series) {
            series.push(small.size()?);
        }
    }
    let mut incremental = measure("incremental build after an edit, debug", "s");
    for round in 0..bench.rounds(INCREMENTAL_ROUNDS) {
        for turn in turns(crates.len(), round) {
            crates[turn].edit(round)?;
            incremental.series[turn].push(crates[turn].build(Profile::Debug)?);
        }
    }
    let clean = clean.into_iter().flat_map(|(_, time, processor)| [time, processor]);
    Ok(Measured { measures: clean.chain([incremental, size]).collect(), ..Measured::default() })
}

#[derive(Debug, Clone, Copy)]
enum Profile {
    Debug,
    Release,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// A crate that copies one file to another.
#[derive(Debug)]
struct SmallCrate {
    folder: PathBuf,
    confined: bool,
}

impl SmallCrate {
    fn make(bench: &Bench, scratch: &TempDir, confined: bool) -> Result<Self> {
        let folder = scratch.path().join(if confined { "confined" } else { "unconfined" });
        fs::create_dir_all(folder.join("src"))?;
        let dependency = if confined {
            // A string of JSON is one of TOML.
            format!("sandbox-rt = {{ path = {} }}\n", serde_json::to_string(&bench.root.join("sandbox-rt"))?)
        } else {
            String::new()
        };
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"small\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\
                 [profile.release]\nstrip = true\n\n[workspace]\n"
            ),
        )?;
        // The same versions as here, which are on this machine already.
        fs::copy(bench.root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let small = Self { folder, confined };
        small.edit(0)?;
        Ok(small)
    }

    /// Writes the source with a function that differs.
    fn edit(&self, number: usize) -> Result<()> {
        let attribute =
            if self.confined { "#[sandbox_rt::sandboxed(fds(input = read, out = write + seek))]\n" } else { "" };
        let source = format!(
            "use std::fs::File;\nuse std::io;\n\n\
             {attribute}fn copy(mut input: File, mut out: File) -> io::Result<u64> {{\n    \
             Ok(io::copy(&mut input, &mut out)? + {number})\n}}\n\n\
             fn main() -> io::Result<()> {{\n    \
             println!(\"{{}}\", copy(File::open(\"from\")?, File::create(\"to\")?)?);\n    Ok(())\n}}\n"
        );
        Ok(fs::write(self.folder.join("src/main.rs"), source)?)
    }

    /// Where it is built; each profile is built from nothing by itself.
    fn target(&self, profile: Profile) -> PathBuf {
        self.folder.join("target").join(profile.name())
    }

    /// Removes everything that was built.
    fn clean(&self, profile: Profile) -> Result<()> {
        let target = self.target(profile);
        if target.exists() {
            fs::remove_dir_all(&target).with_context(|| format!("cannot remove {}", target.display()))?;
        }
        Ok(())
    }

    /// Builds it and gives the time in seconds.
    fn build(&self, profile: Profile) -> Result<f64> {
        let mut command = cargo(&self.folder, &self.target(profile));
        command.args(["build", "--offline", "--quiet"]);
        match profile {
            Profile::Debug => {}
            Profile::Release => {
                command.arg("--release");
            }
        }
        let started = Instant::now();
        succeed(&mut command)?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// The size of the release program in KiB.
    fn size(&self) -> Result<f64> {
        let length = fs::metadata(self.target(Profile::Release).join("release/small"))?.len();
        #[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52 bytes")]
        Ok(length as f64 / 1024.0)
    }
}
