//! How many packets a second tcpdump writes to a file, next to the real one, on the same kind of traffic: as many
//! datagrams as one thread can send on the loopback interface. They take turns; what is compared are the medians.
//!
//! `cargo bench -p sandbox-examples --bench tcpdump_rate` needs tcpdump and unshare.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::UdpSocket;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sandbox_tests::sys::is_root;

const OURS: &str = env!("CARGO_BIN_EXE_tcpdump");
const THEIRS: &str = "tcpdump";

/// Turns of each, an odd number.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(2);

/// Bytes of data in each datagram.
const LENGTHS: [usize; 3] = [18, 512, 1400];

/// What the real one captures at least as much as, in hundredths.
const AT_LEAST: u64 = 95;

fn main() -> ExitCode {
    if env::args().any(|argument| argument == "inside") {
        return inside();
    }
    let mut command = Command::new("unshare");
    command.args(if is_root() { &["-n"][..] } else { &["-Ucn", "--keep-caps"] });
    let status = command.arg(env::current_exe().expect("this program")).arg("inside").status();
    let held = status.expect("unshare must be installed").success();
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A turn's result.
#[derive(Clone, Copy, Debug)]
struct Turn {
    captured: u64,
    dropped: u64,
    /// Processor time for a packet, in nanoseconds.
    cost: u64,
}

fn inside() -> ExitCode {
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).status();
    assert!(up.expect("ip must be installed").success());
    println!("{:>6}  {:>12}  {:>12}  {:>10}  {:>6}  {:>6}", "length", "", "captured/s", "dropped/s", "ns/pkt", "ratio");
    let mut held = true;
    for length in LENGTHS {
        let mut turns = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            turns[0].push(turn(THEIRS, length));
            turns[1].push(turn(OURS, length));
        }
        let [theirs, ours] = turns.map(|turns| median(&turns));
        let ratio = ours.captured * 100 / theirs.captured.max(1);
        held &= ratio >= AT_LEAST;
        for (name, turn, ratio) in [("tcpdump", theirs, String::new()), ("this one", ours, hundredths(ratio))] {
            let second = |count: u64| count / TURN.as_secs();
            let (captured, dropped) = (second(turn.captured), second(turn.dropped));
            println!("{length:>6}  {name:>12}  {captured:>12}  {dropped:>10}  {:>6}  {ratio:>6}", turn.cost);
        }
    }
    if held {
        return ExitCode::SUCCESS;
    }
    println!("it captures less than {} of what tcpdump does", hundredths(AT_LEAST));
    ExitCode::FAILURE
}

fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

/// The median of each figure by itself.
fn median(turns: &[Turn]) -> Turn {
    let middle = |figure: fn(&Turn) -> u64| {
        let mut all: Vec<u64> = turns.iter().map(figure).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    Turn {
        captured: middle(|turn| turn.captured),
        dropped: middle(|turn| turn.dropped),
        cost: middle(|turn| turn.cost),
    }
}

/// A capture into nothing, with as much traffic as there can be.
fn turn(program: &str, length: usize) -> Turn {
    let mut command = Command::new(program);
    if program == THEIRS && is_root() {
        command.args(["-Z", "root"]);
    }
    // The same room for both.
    command.args(["-n", "-B", "8192", "-i", "lo", "-w", "/dev/null"]).stdin(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("tcpdump must be installed");
    let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    while !said.contains("listening on") {
        assert_ne!(stderr.read_line(&mut said).expect("it says something"), 0, "{said}");
    }
    let before = processor_time(child.id());
    flood(length);
    let used = processor_time(child.id()) - before;
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    stderr.read_to_string(&mut said).expect("it says something");
    assert!(child.wait().expect("it ends").success(), "{said}");
    let count = |what: &str| -> u64 {
        let line = said.lines().find_map(|line| line.strip_suffix(what));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("no `{what}`: {said}"))
    };
    let (captured, dropped) = (count("packets captured"), count("packets dropped by kernel"));
    Turn { captured, dropped, cost: used * 1_000_000 / captured.max(1) }
}

/// Sends for the length of a turn, to somebody who does not listen, so that nothing comes back.
fn flood(length: usize) {
    let receiver = UdpSocket::bind("127.0.0.1:0").expect("an address");
    let sender = UdpSocket::bind("127.0.0.1:0").expect("an address");
    sender.connect(receiver.local_addr().expect("bound")).expect("a peer");
    let data = vec![0x61; length];
    let end = Instant::now() + TURN;
    while Instant::now() < end {
        for _ in 0..100 {
            // Where the queue is full, the next one may fit.
            let _ = sender.send(&data);
        }
    }
}

/// The processor time that a process has used, in milliseconds (proc_pid_stat(5)).
fn processor_time(process: u32) -> u64 {
    const TICK: u64 = 10;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let times = fields.split_whitespace().skip(11).take(2);
    times.map(|time| time.parse::<u64>().expect("a number") * TICK).sum()
}
