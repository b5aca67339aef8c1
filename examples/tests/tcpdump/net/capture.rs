//! Captures by both programs, and their files.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pcap_file::pcap::PcapReader;
use rustix::process::{Pid, Signal, kill_process};
use sandbox_tests::sys::is_root;

use crate::namespace::{HERE, tool};
use crate::traffic::{END, START};

pub(crate) const OURS: &str = env!("CARGO_BIN_EXE_tcpdump");
pub(crate) const THEIRS: &str = "tcpdump";

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// tcpdump in a known environment.
pub(crate) fn command(program: &str, folder: &Path) -> Command {
    let mut command = tool(program);
    command.current_dir(folder).env("TZ", "UTC").env("LC_ALL", "C").stdin(Stdio::null());
    if program == THEIRS && is_root() {
        // It would become a user who may not write here.
        command.args(["-Z", "root"]);
    }
    command
}

/// A capture that is under way.
#[derive(Debug)]
pub(crate) struct Capture {
    process: Child,
    stderr: BufReader<ChildStderr>,
}

impl Capture {
    /// Starts one with these options, and waits until it listens.
    #[track_caller]
    pub(crate) fn start(program: &str, folder: &Path, options: &[&str]) -> Self {
        let mut command = command(program, folder);
        command.args(["-n", "-i", HERE]).args(options);
        let out = options.iter().position(|option| *option == "-w").map_or("lines", |_| "nothing");
        let out = File::create(folder.join(out)).expect("a file");
        let process = command.stdout(out).stderr(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|error| panic!("{program} must be installed: {error}"));
        let stderr = BufReader::new(process.stderr.take().expect("piped"));
        let mut capture = Self { process, stderr };
        let mut said = String::new();
        // Without `-w` the real one has something else to say first.
        while !said.contains("listening on") {
            assert_ne!(capture.stderr.read_line(&mut said).expect("it says something"), 0, "{program}: {said}");
        }
        capture
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// Waits for its end. Returns its exit code and what it said.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).expect("it says something");
        (self.process.wait().expect("it ends").code(), said)
    }

    /// Interrupts it. It must end well, and have missed nothing. Returns how many packets it says that it captured.
    #[track_caller]
    pub(crate) fn interrupt(self) -> u64 {
        self.signal(Signal::INT);
        let (code, said) = self.end();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("\n0 packets dropped by kernel") || said.contains("0 packets dropped"), "{said}");
        let captured = said.lines().find_map(|line| line.strip_suffix(" packets captured"));
        captured.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{said}"))
    }
}

/// The packets of a pcap file, from the first to the last one of the traffic, if that is there.
pub(crate) fn packets(path: &Path) -> Option<Vec<Vec<u8>>> {
    let mut reader = PcapReader::new(File::open(path).ok()?).ok()?;
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_raw_packet() {
        // What is written in pieces ends anywhere.
        let data = packet.ok()?.data.into_owned();
        let last = data.ends_with(END);
        if data.ends_with(START) {
            packets.clear();
        }
        packets.push(data);
        if last {
            return Some(packets);
        }
    }
    None
}

/// Waits until a file that is being written holds the last packet of the traffic.
#[track_caller]
pub(crate) fn wait_for_the_end(path: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while packets(path).is_none() {
        let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
        assert!(Instant::now() < deadline, "{} ends before the traffic, with {length} bytes", path.display());
        thread::sleep(Duration::from_millis(20));
    }
}
