//! The program is what it is said to be: alone with its input and its output.

use std::fs;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::endings::{signal, started};
use crate::harness::capture;

/// What must hold while it works: it has a filter, no privileges, one thread, and can open nothing.
const CONFINED: [(&str, &str); 5] = [
    ("Seccomp:", "2"),
    ("NoNewPrivs:", "1"),
    ("CapEff:", "0000000000000000"),
    ("CapPrm:", "0000000000000000"),
    ("Threads:", "1"),
];

fn field(process: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next().map(str::to_owned)
}

#[test]
fn it_is_confined_before_it_reads() {
    for arguments in [&["-r", "-"][..], &["-r", "-", "-w", "out.pcap"], &["-r", "-", "-w", "out.pcapng"]] {
        let folder = TempDir::new().expect("a folder");
        let mut child = started(&folder, arguments, &capture(1));
        let facts = CONFINED.map(|(name, _)| field(child.id(), name));
        signal(&child, Signal::TERM);
        child.wait().expect("it ends");
        assert_eq!(facts, CONFINED.map(|(_, value)| Some(value.to_owned())), "{CONFINED:?}");
    }
}
