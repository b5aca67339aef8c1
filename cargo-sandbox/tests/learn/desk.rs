//! A place to work at: a folder, and the commands that are run there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Where all builds are made.
pub(crate) fn builds() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("learn")
}

/// A folder with the tool alone: where cargo built it lie the examples, which have names of programs of the system.
fn tool() -> &'static Path {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    TOOL.get_or_init(|| {
        let folder = builds().join("bin");
        fs::create_dir_all(&folder).expect("a folder");
        fs::copy(env!("CARGO_BIN_EXE_cargo-sandbox"), folder.join("cargo-sandbox")).expect("a copy");
        folder
    })
}

/// How long a line may take, in seconds: many times what the slowest takes on two cores, which builds the examples.
const LONGEST: &str = "900";

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A folder, and where in it commands are run.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) here: PathBuf,
    /// Where commands are found before all others.
    programs: PathBuf,
    /// Where cargo builds, if not there.
    target: Option<PathBuf>,
}

impl Desk {
    /// One that has nothing. Cargo builds where it would.
    pub(crate) fn empty() -> Self {
        // Before anything is installed, which makes the tool anew.
        tool();
        let folder = tempfile::tempdir().expect("a folder");
        let (here, programs) = (folder.path().to_owned(), folder.path().join("bin"));
        Self { folder, here, programs, target: None }
    }

    /// One that has `cargo sandbox`, and builds where all of them do: what programs share is built once.
    pub(crate) fn new() -> Self {
        Self { programs: tool().to_owned(), target: Some(builds()), ..Self::empty() }
    }

    /// A package of one program, which depends on `sandbox-rt`, with the versions of this repository.
    pub(crate) fn program(name: &str, source: &str) -> Self {
        let mut desk = Self::new();
        desk.here.push(name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\
            [dependencies]\nsandbox-rt = {{ path = \"{}\" }}\n[workspace]\n",
            runtime().display()
        );
        desk.write("Cargo.toml", &manifest);
        desk.write("src/main.rs", source);
        desk.lock();
        desk
    }

    /// Has cargo use the versions of this repository.
    pub(crate) fn lock(&self) {
        fs::copy(root().join("Cargo.lock"), self.here.join("Cargo.lock")).expect("a lock");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.here.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.here.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Runs a line of a shell. What takes too long ends with exit code 124.
    pub(crate) fn run(&self, line: &str) -> Said {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let paths = [self.programs.clone()].into_iter().chain(std::env::split_paths(&paths));
        let mut command = Command::new("timeout");
        command
            .args([LONGEST, "sh", "-c", line])
            .current_dir(&self.here)
            .env("PATH", std::env::join_paths(paths).expect("paths"))
            // Nothing of it is debugged, and nothing but whole programs is built again.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .env_remove("SANDBOX_LEARN");
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        let Output { status, stdout, stderr } = command.output().expect("a shell");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Said { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Runs a line that must succeed; gives what it printed.
    #[track_caller]
    pub(crate) fn succeed(&self, line: &str) -> String {
        let Said { code, out, err } = self.run(line);
        assert_eq!(code, Some(0), "{line}:\n{out}{err}");
        out
    }

    /// Runs a line that must fail; gives what it said of it.
    #[track_caller]
    pub(crate) fn fail(&self, line: &str, expected: i32) -> String {
        let Said { code, out, err } = self.run(line);
        assert_eq!(code, Some(expected), "{line}:\n{out}{err}");
        err
    }
}

/// The library that programs depend on.
pub(crate) fn runtime() -> PathBuf {
    root().join("sandbox-rt")
}

/// What a source has, changed into something else. It must have it once.
#[track_caller]
pub(crate) fn changed(source: &str, old: &str, new: &str) -> String {
    assert_eq!(source.matches(old).count(), 1, "`{old}` in:\n{source}");
    source.replace(old, new)
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
