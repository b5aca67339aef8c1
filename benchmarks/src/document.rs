//! `BENCHMARKS.md`: its figures are those of `benchmarks/results/results.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::results::Results;
use crate::table;

/// Where the results stand that the document shows.
const FOLDER: &str = "benchmarks/results";
const DOCUMENT: &str = "BENCHMARKS.md";

/// Takes over the files of a whole run, and writes the document.
pub(crate) fn update(root: &Path, files: &[PathBuf], results: &Results) -> Result<()> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in files {
        let name = file.file_name().context("a file without a name")?;
        fs::copy(file, folder.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    let path = root.join(DOCUMENT);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    fs::write(&path, filled(&text, results)?).with_context(|| format!("cannot write {}", path.display()))
}

/// The document with these results in it.
fn filled(text: &str, results: &Results) -> Result<String> {
    let mut text = section(text, "machine", &table::machine(&results.machine, &results.command))?;
    for group in &results.groups {
        let picture = format!("![{}]({FOLDER}/{}.svg)\n\n", group.title, group.name);
        text = section(&text, &group.name, &format!("{picture}{}", table::group(group)))?;
    }
    Ok(text)
}

/// The text with what stands between the marks of a section replaced.
fn section(text: &str, name: &str, content: &str) -> Result<String> {
    let start = format!("<!-- generated: {name} -->\n");
    let end = "<!-- end -->";
    let (before, rest) = text.split_once(&start).with_context(|| format!("{DOCUMENT} has no section `{name}`"))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("the section `{name}` does not end"))?;
    Ok(format!("{before}{start}{content}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{DOCUMENT, FOLDER, filled, section};
    use crate::results::Results;
    use crate::{groups, plot};

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
    }

    fn results() -> Results {
        let text = fs::read_to_string(root().join(FOLDER).join("results.json")).expect("the results");
        serde_json::from_str(&text).expect("results as they are written")
    }

    /// With `BLESS=1` the document and the pictures are written.
    #[test]
    fn the_document_shows_the_results() {
        let results = results();
        let names: Vec<&str> = results.groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, groups::ALL.map(|group| group.name), "a whole run is shown");
        let bless = std::env::var_os("BLESS").is_some();
        let check = |path: &Path, wanted: String| {
            if bless {
                fs::write(path, wanted).expect("write it");
            } else {
                let found = fs::read_to_string(path).expect("the file");
                assert!(found == wanted, "{} is not made of the results; run this test with BLESS=1", path.display());
            }
        };
        let path = root().join(DOCUMENT);
        let document = fs::read_to_string(&path).expect("the document");
        check(&path, filled(&document, &results).expect("every section is there"));
        let scratch = tempfile::tempdir().expect("a folder");
        for group in &results.groups {
            let picture = scratch.path().join("picture.svg");
            plot::draw(group, &picture).expect("a picture");
            let name = format!("{}.svg", group.name);
            check(&root().join(FOLDER).join(name), fs::read_to_string(&picture).expect("the picture"));
        }
    }

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let text = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n";
        let new = section(text, "x", "new\n").expect("the section");
        assert_eq!(new, "a\n<!-- generated: x -->\nnew\n<!-- end -->\nb\n");
        section(text, "y", "").expect_err("no such section");
    }
}
