//! The file that is compressed: this workspace's sources and the toolchain's libraries, one after the other.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Doing, Failure, Result};
use crate::workspace::Workspace;

const SIZE: u64 = 64 << 20;

/// A file of [`SIZE`] bytes of real text and real machine code.
pub(super) fn make(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let mut sources = Vec::new();
    for package in &workspace.packages {
        files(&package.directory, &["rs", "toml", "stderr", "snap"], &mut sources)
            .doing("list the workspace's sources")?;
    }
    files(&libraries()?, &["rlib", "so", "a"], &mut sources).doing("list the toolchain's libraries")?;
    let path = folder.join("input");
    fill(&path, &sources, SIZE).doing("write the file to compress")?;
    println!("input: {} MiB, from {} files of this workspace and of the Rust toolchain", SIZE >> 20, sources.len());
    Ok(path)
}

/// Writes the files, over and over, until there are `size` bytes.
fn fill(path: &Path, sources: &[PathBuf], size: u64) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut left = size;
    while left > 0 {
        let before = left;
        for source in sources {
            left -= io::copy(&mut File::open(source)?.take(left), &mut out)?;
        }
        if left == before {
            return Err(io::Error::other("the sources are empty"));
        }
    }
    out.flush()
}

/// The files below `folder` with one of these extensions, in an order that does not change from run to run.
fn files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    entries.sort();
    for path in entries {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            files(&path, extensions, found)?;
        } else if extensions.contains(&&*extension) {
            found.push(path);
        }
    }
    Ok(())
}

fn libraries() -> Result<PathBuf> {
    let output =
        Command::new("rustc").args(["--print", "target-libdir"]).output().doing("run `rustc --print target-libdir`")?;
    if !output.status.success() {
        return Err(Failure::new(format!("`rustc --print target-libdir`: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{files, fill};

    #[test]
    fn the_input_is_filled_from_files_in_order() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("b")).expect("a folder");
        fs::write(folder.path().join("b/two.rs"), "two").expect("a file");
        fs::write(folder.path().join("a.rs"), "one").expect("a file");
        fs::write(folder.path().join("a.txt"), "text").expect("a file");
        let mut found = Vec::new();
        files(folder.path(), &["rs"], &mut found).expect("a list");
        assert_eq!(found, [folder.path().join("a.rs"), folder.path().join("b/two.rs")]);

        let out = folder.path().join("out");
        fill(&out, &found, 14).expect("an input");
        assert_eq!(fs::read(&out).expect("the input"), b"onetwoonetwoon");
    }

    #[test]
    fn empty_sources_do_not_fill_anything() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fill(&folder.path().join("out"), &[], 14).expect_err("nothing to write");
    }
}
