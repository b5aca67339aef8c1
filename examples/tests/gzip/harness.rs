//! Running this gzip and GNU gzip in folders of their own, and what they leave there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

/// The program under test.
pub(crate) const OURS: &str = env!("CARGO_BIN_EXE_gzip");

/// A time that no file has by chance.
pub(crate) const LONG_AGO: u64 = 1_000_000_000;

/// GNU gzip. Without it most of these tests mean nothing, so they fail.
pub(crate) fn gnu() -> &'static str {
    static GNU: OnceLock<&str> = OnceLock::new();
    GNU.get_or_init(|| {
        let is_gnu = |path: &&str| {
            let version = Command::new(path).arg("--version").output();
            version.is_ok_and(|output| {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                text.starts_with("gzip 1.") && text.contains("Free Software Foundation")
            })
        };
        ["/usr/bin/gzip", "/bin/gzip"]
            .into_iter()
            .find(is_gnu)
            .expect("GNU gzip 1.x must be installed as /usr/bin/gzip or /bin/gzip for these tests")
    })
}

/// A gzip in a known environment.
pub(crate) fn command(program: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    // Some messages begin with the whole path that a program was called by.
    command.arg0(Path::new(program).file_name().expect("a program has a name"));
    command.env("LC_ALL", "C").env("TZ", "Asia/Tokyo").env_remove("GZIP");
    command.stdin(Stdio::null());
    command
}

/// What a run showed and left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    /// Name, mode and modification time of what is in the folder; 0 for the time of the test, which two runs never share.
    pub(crate) files: BTreeMap<String, (u32, i64)>,
}

/// A folder, filled the same way for each gzip.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new(fill: impl Fn(&Path)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fill(folder.path());
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Run {
        self.run_with(program, arguments, b"")
    }

    /// Runs with `input` on a pipe.
    pub(crate) fn run_with(&self, program: &str, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = command(program, self.folder(), arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("piped");
        let output = std::thread::scope(|scope| {
            // A program that fails early leaves input unread; that is its right.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().expect("the program ends")
        });
        self.told(output)
    }

    /// What the output says, with the folder as it is now.
    pub(crate) fn told(&self, output: Output) -> Run {
        Run {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            files: self.files(),
        }
    }

    pub(crate) fn files(&self) -> BTreeMap<String, (u32, i64)> {
        let entries = fs::read_dir(self.folder()).expect("the folder is there");
        let entries = entries.map(|entry| entry.expect("an entry"));
        let described = entries.map(|entry| {
            let metadata = entry.path().symlink_metadata().expect("it has just been listed");
            let name = entry.file_name().to_string_lossy().into_owned();
            let age = metadata.modified().expect("a time").elapsed();
            let is_now = metadata.is_dir() || age.is_ok_and(|age| age < Duration::from_hours(1));
            (name, (metadata.mode(), if is_now { 0 } else { metadata.mtime() }))
        });
        described.collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }
}

/// Writes a file with a mode and a time of its own.
pub(crate) fn put(folder: &Path, name: &str, data: &[u8]) {
    let path = folder.join(name);
    fs::write(&path, data).expect("the file can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
    let file = File::options().write(true).open(&path).expect("it can be opened");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(LONG_AGO)).expect("it is ours");
}

/// What GNU gzip makes of `data`, with the name and time that `put` would give it.
pub(crate) fn packed(name: &str, data: &[u8]) -> Vec<u8> {
    let bench = Bench::new(|folder| put(folder, name, data));
    let run = bench.run(gnu(), &["-c", name]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

/// Some text that compresses as text does.
pub(crate) fn text() -> Vec<u8> {
    (0..20_000).flat_map(|number| format!("line {number}\n").into_bytes()).collect()
}

/// Bytes that do not compress, the same in every run.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(step).take(length).collect()
}

/// Runs both in equal folders.
pub(crate) fn both(fill: impl Fn(&Path), arguments: &[&str], input: &[u8]) -> [Run; 2] {
    [OURS, gnu()].map(|program| Bench::new(&fill).run_with(program, arguments, input))
}

/// Both must show and leave the same.
#[track_caller]
pub(crate) fn same(fill: impl Fn(&Path), arguments: &[&str], input: &[u8]) -> Run {
    let [ours, gnus] = both(fill, arguments, input);
    assert_eq!(ours, gnus, "gzip {arguments:?}");
    ours
}
