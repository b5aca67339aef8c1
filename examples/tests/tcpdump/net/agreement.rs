//! The same traffic, captured by both programs at the same time: the same packets, and the same said of them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sandbox_tests::harness::Case;
use tempfile::TempDir;

use crate::capture::{Capture, OURS, THEIRS, command, packets, wait_for_the_end};
use crate::namespace::{self, Peer};
use crate::traffic::{self, END, START};

/// So many are asked for.
const PACKETS: usize = 10_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("agreement", agreement).time_limit(Duration::from_mins(5))]
}

/// Captures into `theirs.pcap`, `ours.pcap`, `ours.pcapng` and, as text, `lines`.
pub(crate) fn inside(folder: &Path) {
    let mut peer = Peer::connected(folder);
    // With smaller buffers the comparison would be one of buffers.
    let theirs = Capture::start(THEIRS, folder, &["-B", "65536", "-w", "theirs.pcap", "-U"]);
    let ours = ["ours.pcap", "ours.pcapng"].map(|name| Capture::start(OURS, folder, &["-B", "65536", "-w", name]));
    let printing = Capture::start(OURS, folder, &["-B", "65536"]);
    traffic::all(&mut peer);
    wait_for_the_end(&folder.join("theirs.pcap"));
    // What had arrived by now is theirs to write, however soon they end.
    for capture in ours.into_iter().chain([printing, theirs]) {
        capture.interrupt();
    }
}

fn agreement() {
    let folder = TempDir::new().expect("a folder");
    namespace::inside("agreement", folder.path());
    the_same_packets(folder.path());
    the_same_lines(folder.path());
    tshark_reads_them(folder.path());
}

/// Every packet is in both files, byte by byte. Their order may differ: two processors bring them.
fn the_same_packets(folder: &Path) {
    let mut files = ["theirs.pcap", "ours.pcap"].map(|name| packets(&folder.join(name)).expect(name));
    let [theirs, ours] = &files;
    assert_eq!(theirs.len(), ours.len());
    assert!(ours.len() >= PACKETS, "{} packets", ours.len());
    for packets in &mut files {
        packets.sort_unstable();
    }
    let [theirs, ours] = &files;
    let differing = theirs.iter().zip(ours).position(|(theirs, ours)| theirs != ours);
    assert_eq!(differing.map(|index| (&theirs[index], &ours[index])), None);
    let tagged = ours.iter().filter(|packet| packet[12..14] == [0x81, 0x00]).count();
    assert_eq!(tagged, 20, "frames with a VLAN tag");
}

/// What a program prints of a file.
fn printed(program: &str, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = command(program, folder).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// The lines that both print of the same file.
fn the_same_lines(folder: &Path) {
    let mut compared = 0;
    for options in [&["-n"][..], &["-n", "-e"], &["-n", "-e", "-x"]] {
        let theirs = printed(THEIRS, folder, &[options, &["-S", "-r", "theirs.pcap"]].concat());
        let ours = printed(OURS, folder, &[options, &["-r", "theirs.pcap"]].concat());
        for (theirs, ours) in theirs.iter().zip(&ours) {
            assert_eq!(ours, theirs, "{options:?}");
            compared += 1;
        }
        assert_eq!(theirs.len(), ours.len(), "{options:?}");
    }
    assert!(compared >= PACKETS, "{compared} lines");
    // What was printed while it was captured is what is printed of the file.
    let live = fs::read_to_string(folder.join("lines")).expect("the lines");
    let [mut live, mut read] =
        [live, printed(OURS, folder, &["-r", "ours.pcap"]).join("\n")].map(|lines| between(&lines));
    live.sort_unstable();
    read.sort_unstable();
    assert!(live.len() >= PACKETS && live == read, "{} lines live, {} read", live.len(), read.len());
}

/// The lines from the first packet of the traffic to the last one, without the time.
fn between(lines: &str) -> Vec<String> {
    let [first, last] = [START, END].map(|said| format!("> 10.9.0.255.9: UDP, length {}", said.len()));
    let after = lines.lines().skip_while(|line| !line.ends_with(&first));
    let mut found = Vec::new();
    for line in after {
        found.push(line.split_once(' ').expect("a time").1.to_owned());
        if line.ends_with(&last) {
            return found;
        }
    }
    panic!("the traffic does not end")
}

/// Both formats are what tshark takes for whole.
fn tshark_reads_them(folder: &Path) {
    for name in ["ours.pcap", "ours.pcapng"] {
        let output = command("tshark", folder).args(["-n", "-r", name]).output().expect("tshark must be installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {said}");
        // It warns root of itself.
        let complaints = said.lines().filter(|line| !line.starts_with("Running as user")).collect::<Vec<_>>();
        assert_eq!(complaints, [] as [&str; 0], "{name}");
        let lines = String::from_utf8_lossy(&output.stdout).lines().count();
        let ours = printed(OURS, folder, &["-r", name]);
        assert_eq!(lines, ours.len(), "{name}");
    }
}
