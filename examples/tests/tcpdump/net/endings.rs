//! How captures end: by a count, by a signal, with the interface.

use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::is_root;
use tempfile::TempDir;

use crate::capture::{Capture, OURS, command, packets};
use crate::namespace::{self, HERE, Peer, must};
use crate::traffic::{self, END};

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("endings", endings), Case::new("without_privileges", without_privileges)]
}

fn endings() {
    let folder = TempDir::new().expect("a folder");
    namespace::inside("endings", folder.path());
}

pub(crate) fn inside(folder: &Path) {
    let _peer = Peer::connected(folder);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        // What has arrived before the signal is in the file, though the kernel holds it back for a while.
        let capture = Capture::start(OURS, folder, &["-w", "signal.pcap"]);
        traffic::say(END);
        capture.signal(signal);
        let (code, said) = capture.end();
        assert_eq!(code, Some(0), "{said}");
        assert!(packets(&folder.join("signal.pcap")).is_some(), "{signal:?}: {said}");
    }
    let capture = Capture::start(OURS, folder, &["-c", "7"]);
    must("ping -n -q -c 7 -i 0.2 10.9.0.2");
    let (code, said) = capture.end();
    assert!(code == Some(0) && said.starts_with("7 packets captured\n"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.join("lines")).expect("lines").lines().count(), 7);
    // Only so much of each packet.
    let capture = Capture::start(OURS, folder, &["-c", "3", "-s", "40", "-w", "short.pcap"]);
    must("ping -n -q -c 3 -i 0.2 10.9.0.2");
    assert_eq!(capture.end().0, Some(0));
    let output = command(OURS, folder).args(["-e", "-r", "short.pcap"]).output().expect("it runs");
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(lines.lines().count() == 3 && lines.contains(" length 98: 10.9.0.1 > 10.9.0.2: "), "{lines}");
    // Before the interface goes, something has arrived.
    let capture = Capture::start(OURS, folder, &["-w", "gone.pcap"]);
    traffic::say(END);
    must(&format!("ip link delete {HERE}"));
    let (code, said) = capture.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("tcpdump: va: Network is down"), "{said}");
    assert!(packets(&folder.join("gone.pcap")).is_some(), "{said}");
    let output = command(OURS, folder).args(["-i", HERE]).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "tcpdump: va: No such device\n");
}

/// An ordinary user outside of a namespace of his own is told what he lacks.
fn without_privileges() {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--clear-groups", OURS]);
        command
    } else {
        Command::new(OURS)
    };
    let output = command.args(["-i", "lo", "-w", "/nonexistent/file"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("tcpdump: lo: no permission to capture on that device\nhelp: run it as root"), "{said}");
}
