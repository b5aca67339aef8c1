//! The confined gzip at work: its output is checked by another program, its time is shown beside others'.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Programs;
use crate::failure::{Doing, Failure, Result};
use crate::identity::succeeds;

const LEVEL: &str = "-6";
/// The best of so many runs counts, as the machine may be busy with other things.
const ROUNDS: usize = 3;

/// Compresses, checks, and compares times.
pub(super) fn show(programs: &Programs, input: &Path, folder: &Path) -> Result<()> {
    let system = system_gzip();
    let output = folder.join("confined.gz");
    let confined = Contestant::new("our gzip, confined", &programs.gzip);
    println!("running: gzip {LEVEL} -c input > output.gz");
    let mut best = confined.compress(input, &output)?;
    check(system.as_deref(), &programs.gzip, input, &output)?;

    let mut others = Vec::new();
    if let Some(program) = &programs.unconfined {
        others.push(Contestant::new("our gzip, unconfined", program));
    }
    if let Some(program) = &system {
        others.push(Contestant::new("the system's gzip (another implementation), unconfined", program));
    }
    let scratch = folder.join("other.gz");
    let mut times = vec![Duration::MAX; others.len()];
    // In turns, so that what else the machine does falls on all of them alike.
    for _ in 0..ROUNDS {
        best = best.min(confined.compress(input, &output)?);
        for (other, time) in others.iter().zip(&mut times) {
            *time = (*time).min(other.compress(input, &scratch)?);
        }
    }
    println!("\ntimes at level {LEVEL}, best of {ROUNDS}:");
    println!("  {:6.2} s  {}", best.as_secs_f64(), confined.name);
    for (other, time) in others.iter().zip(times) {
        let ratio = best.as_secs_f64() / time.as_secs_f64();
        println!("  {:6.2} s  {}; confined takes {ratio:.2} times as long", time.as_secs_f64(), other.name);
    }
    Ok(())
}

/// A program that compresses.
struct Contestant<'a> {
    name: &'static str,
    program: &'a Path,
}

impl<'a> Contestant<'a> {
    fn new(name: &'static str, program: &'a Path) -> Self {
        Self { name, program }
    }

    fn compress(&self, input: &Path, output: &Path) -> Result<Duration> {
        let output = File::create(output).doing("make the output file")?;
        let started = Instant::now();
        let status = Command::new(self.program)
            .args([LEVEL, "-c"])
            .arg(input)
            .stdin(Stdio::null())
            .stdout(output)
            .status()
            .doing(format!("run {}", self.program.display()))?;
        if status.success() {
            Ok(started.elapsed())
        } else {
            Err(Failure::new(format!("{} failed to compress: {status}", self.name)))
        }
    }
}

/// The system's gzip, unless it has none.
fn system_gzip() -> Option<PathBuf> {
    let found = succeeds(Command::new("gzip").arg("--version"));
    if !found {
        println!("note: this system has no gzip: our own checks its own output");
    }
    found.then(|| "gzip".into())
}

/// Checks the output with `gzip -t`, and that decompressing it gives the input again.
fn check(system: Option<&Path>, ours: &Path, input: &Path, output: &Path) -> Result<()> {
    let (checker, whose) = system.map_or((ours, "our"), |system| (system, "the system's"));
    let status = Command::new(checker).arg("-t").arg(output).stdin(Stdio::null()).status();
    let status = status.doing("run `gzip -t`")?;
    if !status.success() {
        return Err(Failure::new(format!("{whose} `gzip -t` refuses the output: {status}")));
    }
    println!("{whose} gzip -t: the output is sound");

    let mut child = Command::new(checker)
        .args(["-d", "-c"])
        .arg(output)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .doing("run `gzip -dc`")?;
    let decompressed = child.stdout.take().ok_or_else(|| Failure::new("`gzip -dc` has no output"))?;
    let original = File::open(input).doing("open the input")?;
    let equal = same(decompressed, original).doing("compare the decompressed bytes")?;
    let status = child.wait().doing("wait for `gzip -dc`")?;
    if !equal || !status.success() {
        return Err(Failure::new(format!("{whose} `gzip -dc` does not give the input back ({status})")));
    }
    let (before, after) = (size(input)?, size(output)?);
    println!("{whose} gzip -dc: gives the same {before} bytes back, from {after}");
    Ok(())
}

fn size(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).doing("look at a file's size")?.len())
}

/// Whether two streams hold the same bytes.
fn same(left: impl Read, right: impl Read) -> io::Result<bool> {
    let (mut left, mut right) = (BufReader::new(left), BufReader::new(right));
    loop {
        let (one, other) = (left.fill_buf()?, right.fill_buf()?);
        // The shorter of the two is compared; at the end of one, both must be at theirs.
        let length = one.len().min(other.len());
        if length == 0 {
            return Ok(one.is_empty() && other.is_empty());
        }
        if one[..length] != other[..length] {
            return Ok(false);
        }
        left.consume(length);
        right.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn streams_are_the_same_only_to_their_ends() {
        let same = |left: &[u8], right: &[u8]| same(left, right).expect("memory can be read");
        assert!(same(b"abc", b"abc") && same(b"", b""));
        assert!(!same(b"abc", b"abd") && !same(b"abc", b"ab") && !same(b"", b"a"));
    }
}
