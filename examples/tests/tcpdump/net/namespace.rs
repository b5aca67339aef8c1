//! Namespaces, and what is set up in them.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use sandbox_tests::sys::is_root;

/// This end of the wire.
pub(crate) const HERE: &str = "va";
/// The peer's end.
pub(crate) const THERE: &str = "vb";

/// A tool of the system, also where an ordinary user does not look for it.
pub(crate) fn tool(name: &str) -> Command {
    let path = env::var("PATH").unwrap_or_default();
    let mut command = Command::new(name);
    command.env("PATH", format!("{path}:/usr/local/sbin:/usr/sbin:/sbin"));
    command
}

/// A command of this program in a network namespace of its own, with the privileges that this takes there.
fn apart() -> Command {
    let mut command = tool("unshare");
    // An ordinary user keeps his number: the real tcpdump would try to become somebody else if it were 0.
    command.args(if is_root() { &["-n"][..] } else { &["-Ucn", "--keep-caps"] });
    command.arg(env::current_exe().expect("this program"));
    command
}

/// Runs a part of this program in a namespace. It must succeed.
#[track_caller]
pub(crate) fn inside(part: &str, folder: &Path) {
    let status = apart().args(["inside", part]).arg(folder).status().expect("unshare must be installed");
    assert!(status.success(), "{part}: {status}");
}

/// Runs a command. It must succeed.
#[track_caller]
pub(crate) fn must(words: &str) {
    let mut words = words.split(' ');
    let program = words.next().expect("a command");
    let status = tool(program).args(words.clone()).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("{program} must be installed: {error}"));
    assert!(status.success(), "{program} {}: {status}", words.collect::<Vec<_>>().join(" "));
}

/// The other end of the wire. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Peer {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Lays a wire to a peer in a namespace of its own, and has it set itself up.
    pub(crate) fn connected(folder: &Path) -> Self {
        must("ip link set lo up");
        must(&format!("ip link add {HERE} type veth peer name {THERE}"));
        let mut command = tool("unshare");
        command.arg("-n").arg(env::current_exe().expect("this program")).arg("peer").current_dir(folder);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("unshare");
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let orders = process.stdin.take();
        let mut peer = Self { process, orders, answers };
        // By then it is in its namespace.
        peer.expect("here");
        must(&format!("ip link set {THERE} netns {}", peer.process.id()));
        must(&format!("ip link set {HERE} up"));
        must(&format!("ip addr add 10.9.0.1/24 dev {HERE}"));
        must(&format!("ip addr add fd00::1/64 dev {HERE} nodad"));
        peer.order("set up");
        peer.expect("ready");
        peer
    }

    pub(crate) fn order(&mut self, what: &str) {
        let orders = self.orders.as_mut().expect("it has not ended");
        writeln!(orders, "{what}").expect("the peer listens");
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, answer: &str) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the peer answers");
        assert_eq!(line.trim_end(), answer);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends with its orders.
        self.orders = None;
        let _ = self.process.wait();
    }
}
