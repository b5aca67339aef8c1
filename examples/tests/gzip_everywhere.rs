//! gzip on every system, next to the gzip that the system has: what one packs, the other unpacks.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

/// The program under test: where cargo, or whoever runs the tests without it, says that it is now.
fn ours() -> PathBuf {
    std::env::var_os("CARGO_BIN_EXE_gzip").unwrap_or_else(|| env!("CARGO_BIN_EXE_gzip").into()).into()
}

/// The system's.
fn peer() -> PathBuf {
    let places = ["/usr/bin/gzip", "/bin/gzip"].map(PathBuf::from);
    places.into_iter().find(|path| path.exists()).expect("a gzip in /usr/bin or /bin")
}

fn pairs() -> [[PathBuf; 2]; 3] {
    [[ours(), peer()], [peer(), ours()], [ours(), ours()]]
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let text = (0..20_000).flat_map(|number| format!("line {number}\n").into_bytes()).collect();
    vec![
        ("empty", Vec::new()),
        ("one byte", vec![b'x']),
        ("text", text),
        ("noise", noise()),
        ("zeros", vec![0; 3_000_000]),
    ]
}

/// Bytes that do not compress, the same in every run.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(step).take(2_000_000).collect()
}

fn run(program: &Path, folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("LC_ALL", "C").env_remove("GZIP");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    std::thread::scope(|scope| {
        // A program that fails early leaves input unread; that is its right.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("the program ends")
    })
}

#[track_caller]
fn works(output: &Output) {
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn pipes() {
    let folder = TempDir::new().expect("a folder");
    for (what, data) in samples() {
        for [packs, unpacks] in pairs() {
            for level in ["-1", "-6", "-9"] {
                let packed = run(&packs, folder.path(), &[level], &data);
                works(&packed);
                let unpacked = run(&unpacks, folder.path(), &["-d"], &packed.stdout);
                works(&unpacked);
                assert!(unpacked.stdout == data, "{what} {level} {packs:?} {unpacks:?}");
            }
        }
    }
}

#[test]
fn files() {
    for (what, data) in samples() {
        for [packs, unpacks] in pairs() {
            let folder = TempDir::new().expect("a folder");
            let path = folder.path().join("a");
            fs::write(&path, &data).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("its mode");
            let file = File::options().write(true).open(&path).expect("the file");
            file.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("its time");
            works(&run(&packs, folder.path(), &["a"], b""));
            assert!(!path.exists() && folder.path().join("a.gz").exists());
            works(&run(&unpacks, folder.path(), &["-d", "a.gz"], b""));
            assert!(fs::read(&path).expect("it is back") == data, "{what}");
            let metadata = fs::metadata(&path).expect("it is back");
            assert_eq!((metadata.mode() & 0o777, metadata.mtime()), (0o640, 1_000_000_000), "{packs:?} {unpacks:?}");
        }
    }
}

#[test]
fn damage_is_noticed_and_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    let mut packed = run(&peer(), folder.path(), &["-c"], &noise()).stdout;
    let middle = packed.len() / 2;
    packed[middle] ^= 0xff;
    fs::write(folder.path().join("a.gz"), &packed).expect("a file");
    let output = run(&ours(), folder.path(), &["-d", "a.gz"], b"");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("gzip: a.gz: "), "{told}");
    assert!(!folder.path().join("a").exists() && folder.path().join("a.gz").exists());
}

#[test]
fn a_reader_that_goes_away_ends_it_in_silence() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("a"), noise()).expect("a file");
    let mut command = Command::new(ours());
    command.args(["-c", "a"]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_exact(&mut [0; 1]).expect("it writes");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.signal(), output.stderr.as_slice()), (Some(libc::SIGPIPE), &b""[..]));
}

#[test]
fn signals_end_it_as_they_should() {
    for (signal, number) in [("HUP", libc::SIGHUP), ("INT", libc::SIGINT), ("TERM", libc::SIGTERM)] {
        let folder = TempDir::new().expect("a folder");
        let packed = run(&peer(), folder.path(), &["-c"], &noise()).stdout;
        fs::write(folder.path().join("a.gz"), packed).expect("a file");
        // Held up by an output that nobody reads.
        let mut command = Command::new(ours());
        command.args(["-dc", "a.gz"]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdout.as_mut().expect("piped").read_exact(&mut [0; 1]).expect("it writes");
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.signal(), output.stderr.as_slice()), (Some(number), &b""[..]), "{signal}");
    }
}
