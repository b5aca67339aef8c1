//! What a FreeBSD machine needs to run the tests without cargo: the programs, the files that they read, and a script.
//!
//! ```text
//! run-tests.sh   runs them all
//! tests/         the test programs
//! programs/      the programs that tests start
//! workspace/     the workspace's files
//! ```

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use super::libraries;
use crate::cargo::{Built, Program};
use crate::failure::{Doing, Result};
use crate::groups::Group;
use crate::ordinary::copy_folder;
use crate::workspace::Workspace;

/// The script, up to the list of the test programs.
const SCRIPT: &str = include_str!("run-tests.sh");
/// Stands where the list comes.
const LIST: &str = "# The test programs stand here.\n";

/// Puts all of it into `folder`, in the place of what was there. Gives the number of test programs.
pub(super) fn pack(workspace: &Workspace, built: &Built, folder: &Path) -> Result<usize> {
    // Complete or absent: the name is given last.
    let unfinished = folder.with_extension("unfinished");
    remove(&unfinished)?;
    make(&unfinished)?;
    let tests: Vec<&Program> = built.tests.iter().filter(|program| runs_alone(program)).collect();
    for program in tests.iter().copied().chain(&built.programs) {
        libraries::check(&program.executable)?;
    }
    make(&unfinished.join("tests"))?;
    for program in &tests {
        copy(&program.executable, &unfinished.join("tests").join(file_name(program)))?;
    }
    make(&unfinished.join("programs"))?;
    for program in &built.programs {
        copy(&program.executable, &unfinished.join("programs").join(&program.target))?;
    }
    copy_folder(
        &workspace.root,
        &unfinished.join("workspace"),
        &[workspace.target.clone(), workspace.root.join("target"), workspace.root.join(".git")],
    )?;
    let script = unfinished.join("run-tests.sh");
    fs::write(&script, SCRIPT.replace(LIST, &list(workspace, &tests))).doing("write run-tests.sh")?;
    fs::set_permissions(&script, Permissions::from_mode(0o755)).doing("make run-tests.sh executable")?;
    remove(folder)?;
    fs::rename(&unfinished, folder).doing(format!("make {}", folder.display()))?;
    Ok(tests.len())
}

/// Whether a test program runs without cargo.
fn runs_alone(program: &Program) -> bool {
    !matches!(program.group(), Group::Ui | Group::Learn | Group::Libseccomp)
}

/// A line for each test program: the folder where cargo would run it, and its file.
fn list(workspace: &Workspace, tests: &[&Program]) -> String {
    let mut lines = String::new();
    for program in tests {
        let folder = program.directory.strip_prefix(&workspace.root).unwrap_or(&program.directory);
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "run '{}' '{}' \"$@\"", folder.display(), file_name(program));
    }
    lines
}

/// The name of the program in words, without spaces.
fn file_name(program: &Program) -> String {
    program.name().replace(" (unit tests)", " unit").replace(' ', ".")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).doing(format!("copy {}", from.display()))?;
    fs::set_permissions(to, Permissions::from_mode(0o755)).doing(format!("open up {}", to.display()))
}

fn make(folder: &Path) -> Result<()> {
    DirBuilder::new().mode(0o755).create(folder).doing(format!("make {}", folder.display()))?;
    fs::set_permissions(folder, Permissions::from_mode(0o755)).doing(format!("open up {}", folder.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).doing(format!("remove {}", folder.display())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::process::{Command, Output};

    use super::{LIST, SCRIPT};

    /// Runs the script over programs that are shell scripts.
    fn run(programs: &[(&str, &str)]) -> Output {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tests = folder.path().join("tests");
        fs::create_dir_all(folder.path().join("workspace/some folder")).expect("a folder");
        for part in ["tests", "programs"] {
            fs::create_dir(folder.path().join(part)).expect("a folder");
        }
        fs::write(folder.path().join("programs/gzip"), "").expect("a file");
        let mut list = String::new();
        for (name, script) in programs {
            write_script(&tests.join(name), script);
            let _ = writeln!(list, "run 'some folder' '{name}' \"$@\"");
        }
        let script = folder.path().join("run-tests.sh");
        write_script(&script, &SCRIPT.replace(LIST, &list));
        Command::new("sh").arg(&script).current_dir("/").output().expect("run the script")
    }

    fn write_script(path: &Path, text: &str) {
        let text = if text.starts_with("#!") { text.to_owned() } else { format!("#!/bin/sh\n{text}\n") };
        fs::write(path, text).expect("a file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its mode");
    }

    fn text(output: &Output) -> String {
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    const OK: &str = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'";

    #[test]
    fn the_script_has_a_place_for_the_list() {
        assert_eq!(SCRIPT.matches(LIST).count(), 1);
    }

    #[test]
    fn what_passes_is_counted() {
        let output = run(&[("a", OK), ("b", OK)]);
        assert!(output.status.success(), "{output:?}");
        assert!(text(&output).ends_with("\n6 passed, 0 failed\n"), "{}", text(&output));
    }

    #[test]
    fn what_fails_is_shown_and_counted() {
        let failing = "echo 'the reason'; echo 'test result: FAILED. 2 passed; 1 failed; 0 ignored'; exit 101";
        let output = run(&[("a", OK), ("b", failing)]);
        assert_eq!(output.status.code(), Some(1));
        let text = text(&output);
        assert!(text.contains("the reason") && text.ends_with("\n5 passed, 1 failed\n"), "{text}");
    }

    #[test]
    fn whatever_does_not_add_up_is_a_failure() {
        for (program, told) in [
            ("echo hello", "status 0, without a result line"),
            ("echo 'test result: ok. 3 passed; 0 failed'; exit 7", "status 7"),
            ("echo 'test result: ok. 3 passed; 0 failed'; kill -KILL $$", "status 137"),
            ("echo 'test result: FAILED. 3 passed; 0 failed'; exit 101", "status 101"),
        ] {
            let output = run(&[("a", program), ("b", OK)]);
            let text = text(&output);
            assert_eq!(output.status.code(), Some(1), "{program}: {text}");
            assert!(text.contains(told) && text.contains(" passed, 1 failed\n"), "{program}: {text}");
        }
        let output = run(&[]);
        assert!(!output.status.success() && text(&output).ends_with("0 passed, 0 failed\n"), "nothing passed");
    }

    #[test]
    fn programs_find_their_files_beside_the_script() {
        let checks =
            format!("test \"$PWD\" = \"$CARGO_MANIFEST_DIR\" && env | grep -q '^CARGO_BIN_EXE_gzip=/' && {OK}");
        let output = run(&[("a", &checks)]);
        assert!(text(&output).ends_with("\n3 passed, 0 failed\n"), "{}", text(&output));
    }
}
