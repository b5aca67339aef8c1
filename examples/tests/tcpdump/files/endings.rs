//! Signals, full disks and readers that go away: what is written is whole.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::harness::{HEADER, RECORD, capture, command, line, run, text};

/// Starts it on a pipe that stays open, and waits until it is at work.
pub(crate) fn started(folder: &TempDir, arguments: &[&str], input: &[u8]) -> Child {
    let mut child = command(folder.path(), arguments).stdin(Stdio::piped()).spawn().expect("it starts");
    child.stdin.as_mut().expect("piped").write_all(input).expect("it reads");
    let mut about = String::new();
    let stderr = child.stderr.take().expect("piped");
    BufReader::new(stderr).read_line(&mut about).expect("it says what it reads");
    assert!(about.starts_with("reading from file standard input"), "{about}");
    child
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    let process = Pid::from_child(child);
    kill_process(process, signal).expect("it runs");
}

#[test]
fn a_signal_ends_it_cleanly() {
    for what in [Signal::INT, Signal::TERM, Signal::HUP] {
        let folder = TempDir::new().expect("a folder");
        // Two packets and a half.
        let input = &capture(3)[..HEADER + 2 * RECORD + 20];
        let mut child = started(&folder, &["-r", "-", "-w", "out.pcap"], input);
        signal(&child, what);
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{what:?}");
        drop(child.stdin.take());
        let written = fs::read(folder.path().join("out.pcap")).expect("the output");
        // The signal may have come before it read them.
        let whole = (0..3).map(|packets| HEADER + packets * RECORD).collect::<Vec<_>>();
        assert!(whole.contains(&written.len()) && capture(3).starts_with(&written), "{} bytes", written.len());
    }
}

#[test]
fn a_packet_is_written_at_once_if_that_is_asked_for() {
    let folder = TempDir::new().expect("a folder");
    let mut child = started(&folder, &["-l", "-r", "-"], &capture(2));
    let mut lines = vec![0; line(0).len() * 2];
    child.stdout.as_mut().expect("piped").read_exact(&mut lines).expect("it prints");
    assert_eq!(text(&lines), line(0) + &line(1));
    // It waits for more, with nothing held back: a signal finds it there.
    signal(&child, Signal::INT);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_full_disk_is_told() {
    let folder = TempDir::new().expect("a folder");
    for arguments in [&["-r", "in", "-w", "/dev/full"][..], &["-r", "in"], &["--help"]] {
        fs::write(folder.path().join("in"), capture(3)).expect("a file");
        let full = File::options().write(true).open("/dev/full").expect("Linux has /dev/full");
        let output = command(folder.path(), arguments).stdout(full).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(told.ends_with(": No space left on device\n"), "{told}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("in"), capture(60).repeat(1)).expect("a file");
    let mut child = command(folder.path(), &["-l", "-r", "in"]).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.signal(), Some(Signal::PIPE.as_raw()), "{}", text(&output.stderr));
}

#[test]
fn standard_output_may_be_a_capture_file_too() {
    let folder = TempDir::new().expect("a folder");
    let first = run(folder.path(), &["-r", "-", "-w", "-"], &capture(5));
    let second = run(folder.path(), &["-r", "-"], &first.stdout);
    assert_eq!(text(&second.stdout).lines().count(), 5);
}
