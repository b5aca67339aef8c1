//! `learn`: runs a program that watches itself, and says what its declarations need to say.

mod amend;
mod command;
mod need;
mod place;
mod report;
mod seen;
mod source;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::binary::metadata;
use crate::failure::{Failure, Result};
use crate::paper::{NOTE, count};
use crate::{NO, YES, cli};
use place::Sources;
use seen::Learned;

pub(crate) fn main(options: &cli::Learn, out: &mut dyn Write) -> Result<u8> {
    let place = Place::find(options)?;
    let file = place.file()?;
    let mut failed = None;
    for run in 1..=options.runs {
        if options.runs > 1 {
            writeln!(out, "{NOTE}run {run} of {}{NOTE:#}", options.runs)?;
            out.flush()?;
        }
        let status = command::run(&options.command, &file, &place.build)?;
        failed = failed.or((!status.success()).then_some(status));
    }
    let text = fs::read_to_string(&file)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {error}", file.display())))?;
    let mut sources = Sources::new(&place.root);
    let now = |file: &str, function: &str, line| sources.line(file, function, line);
    let learned = seen::read(&text, now).map_err(|line| {
        Failure::new(format!("line {line} of `{}` is not what a program writes that learns", file.display()))
            .help("begin anew: `--fresh`")
    })?;
    if let (true, Some(status)) = (learned.is_empty(), failed) {
        return Err(Failure::new(format!(
            "nothing was learned: the command failed ({status}) and entered no confined function"
        ))
        .help("see above what it said, and run it again when it works"));
    }
    if learned.is_empty() {
        return Err(Failure::new("nothing was learned: no confined function was entered in a build that learns")
            .help("name a command that cargo builds (`-- cargo run …`, `-- cargo test …`), or build the program with the feature `learn` of sandbox-rt"));
    }
    report::write(&learned, out)?;
    let mut edited = 0;
    for (path, functions) in by_file(&learned) {
        let path = place.root.join(path);
        match source::edit(&path, &functions) {
            Ok(edit) => {
                report::patch(&edit, out)?;
                for name in &edit.missing {
                    let path = from_here(&path);
                    let why = format!("`{}` holds no declaration of it now; `--fresh` forgets it", path.display());
                    writeln!(out, "{NOTE}no patch for {name}:{NOTE:#} {why}")?;
                }
                if options.apply && edit.old != edit.new {
                    edit.apply()?;
                    edited += 1;
                }
            }
            Err(failure) => writeln!(out, "{NOTE}no patch for {}:{NOTE:#} {failure}", from_here(&path).display())?,
        }
    }
    if options.apply {
        writeln!(out, "{} changed", count(edited, "file"))?;
    }
    if let Some(status) = failed {
        writeln!(out, "{NOTE}the command failed ({status}): what it would have done later is not in here{NOTE:#}")?;
        return Ok(NO);
    }
    Ok(YES)
}

/// A path as one says it here: what lies beneath this folder is named from it.
fn from_here(path: &Path) -> PathBuf {
    let beneath = std::env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    beneath.unwrap_or_else(|| path.to_owned())
}

/// The functions by the file that they stand in.
fn by_file(learned: &[Learned]) -> Vec<(&str, Vec<&Learned>)> {
    let mut files: Vec<(&str, Vec<&Learned>)> = Vec::new();
    for function in learned {
        match files.iter_mut().find(|(file, _)| *file == function.file) {
            Some((_, functions)) => functions.push(function),
            None => files.push((&function.file, vec![function])),
        }
    }
    files
}

/// Where things are.
struct Place {
    /// What the paths of source files start from.
    root: PathBuf,
    /// Where builds that learn are made, so that they are never taken for others.
    build: PathBuf,
    /// What was learned, and grows with each run.
    learned: PathBuf,
    fresh: bool,
}

impl Place {
    fn find(options: &cli::Learn) -> Result<Self> {
        let metadata = metadata()?;
        let folder = metadata.target_directory.join("sandbox-learn");
        Ok(Self {
            root: metadata.workspace_root.into(),
            build: folder.join("build").into(),
            learned: options.file.clone().unwrap_or_else(|| folder.join("learned").into()),
            fresh: options.fresh,
        })
    }

    /// The file that programs write to, made if it is not there. They may run anywhere: its path is absolute.
    fn file(&self) -> Result<PathBuf> {
        let cannot =
            |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", self.learned.display()));
        let path = std::path::absolute(&self.learned).map_err(cannot)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        fs::File::options().create(true).append(true).open(&path).map_err(cannot)?;
        if self.fresh {
            fs::write(&path, "").map_err(cannot)?;
        }
        Ok(path)
    }
}
